# shellcheck shell=bash
# What the action says: to the log, to the run's page, to the steps that follow.

# stop MESSAGE: ends the job, and says why at the place where people look.
stop() {
    annotate error "$1"
    summary_line "error: $1"
    exit 2
}

# annotate LEVEL MESSAGE: GitHub's escapes for what comes after the second pair of colons.
annotate() {
    local text=$2
    text=${text//'%'/%25}
    text=${text//$'\r'/%0D}
    text=${text//$'\n'/%0A}
    printf '::%s title=unbake::%s\n' "$1" "$text"
}

# summary_line MESSAGE: as an indented block, in which no Markdown counts.
summary_line() {
    [[ ${UNBAKE_ACTION_SUMMARY:-true} == false ]] || printf '## unbake\n\n    %s\n' "${1//$'\n'/ }" >>"$GITHUB_STEP_SUMMARY"
}

# output NAME VALUE: what was written before under this name counts no more.
output() {
    [[ $2 != *$'\n'* ]] || stop "the output $1 would have several lines"
    printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

# one_of INPUT VALUE WORD...: a word that is not known would be a check that is not made.
one_of() {
    local input=$1 value=$2 word
    shift 2
    for word in "$@"; do
        [[ $value != "$word" ]] || return 0
    done
    stop "the input $input is \"$value\"; it can be: $*"
}

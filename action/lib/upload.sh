# shellcheck shell=bash
# Code scanning: GitHub's REST API, "Upload an analysis as SARIF data". With auto, a
# repository without code scanning and a token that may only read are no failure.
# upload_sarif FILE: false where that fails and it was asked for outright.

MOST_BYTES=10485760 # of the compressed file

upload_sarif() {
    local body=$WORK/upload.json said
    gzip -c "$1" >"$WORK/sarif.gz"
    if (($(wc -c <"$WORK/sarif.gz") > MOST_BYTES)); then
        not_uploaded 'it has more than the 10 MB that GitHub takes'
        return
    fi
    printf '{"commit_sha":"%s","ref":"%s","tool_name":"unbake","sarif":"%s"}' \
        "$(json "$GITHUB_SHA")" "$(json "$GITHUB_REF")" "$(base64 <"$WORK/sarif.gz" | tr -d '\n')" >"$body"
    # the token goes in through standard input: arguments are seen by every process
    if said=$(printf 'header = "Authorization: Bearer %s"\n' "$(json "$UNBAKE_ACTION_TOKEN")" |
        curl --config - --silent --show-error --fail --retry 3 --max-time 120 --output /dev/null \
            --header 'Accept: application/vnd.github+json' --header 'X-GitHub-Api-Version: 2022-11-28' \
            --header 'Content-Type: application/json' --data-binary "@$body" \
            "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/code-scanning/sarifs" 2>&1); then
        printf 'unbake: the SARIF file is uploaded to code scanning\n'
    else
        not_uploaded "$said"
    fi
}

not_uploaded() {
    local text="the SARIF file is not uploaded to code scanning: $1. It needs the permission security-events: write and code scanning to be switched on for the repository"
    if [[ $UNBAKE_ACTION_UPLOAD_SARIF == auto ]]; then
        annotate warning "$text"
    else
        annotate error "$text"
        return 1
    fi
}

# json TEXT: within quotes; the same escapes hold for curl's configuration.
json() {
    local text=$1
    text=${text//\\/\\\\}
    text=${text//\"/\\\"}
    printf '%s' "${text//[[:cntrl:]]/}"
}

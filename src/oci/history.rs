//! The instructions of an image's history.

/// An instruction with the build arguments that were in its environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// Name and value of each argument.
    pub arguments: Vec<(String, String)>,
    /// The instruction without them.
    pub rest: String,
}

/// Takes `created_by` apart. The builder writes `RUN |2 A=1 B=2 /bin/sh -c …`, the classic one without `RUN`; an
/// argument's value may hold blanks, so it goes on until what can be the next argument, or the shell.
pub fn parse(created_by: &str) -> Instruction {
    let whole = || Instruction { arguments: Vec::new(), rest: created_by.to_owned() };
    let text = created_by.strip_prefix("RUN ").unwrap_or(created_by);
    let Some((count, tail)) = text.strip_prefix('|').and_then(|t| t.split_once(' ')) else { return whole() };
    let Ok(count) = count.parse::<usize>() else { return whole() };
    let mut arguments: Vec<(String, String)> = Vec::new();
    let mut words = tail.split(' ').peekable();
    while let Some(word) = words.peek() {
        match word.split_once('=').filter(|(name, _)| is_name(name)) {
            Some((name, value)) if arguments.len() < count => {
                arguments.push((name.to_owned(), value.to_owned()));
            }
            _ if arguments.len() == count && (word.starts_with('/') || word.starts_with('[')) => break,
            _ => match arguments.last_mut() {
                Some((_, value)) => *value = format!("{value} {word}"),
                None => break,
            },
        }
        words.next();
    }
    Instruction { arguments, rest: words.collect::<Vec<_>>().join(" ") }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_arguments_are_taken_apart() {
        let parsed = parse("RUN |2 NPM_TOKEN=our invention VERSION=1 /bin/sh -c npm ci # buildkit");
        assert_eq!(
            parsed.arguments,
            [("NPM_TOKEN".into(), "our invention".into()), ("VERSION".into(), "1".into())]
        );
        assert_eq!(parsed.rest, "/bin/sh -c npm ci # buildkit");
        assert_eq!(parse("|1 A=x /bin/sh -c true").arguments, [("A".into(), "x".into())]);
        assert_eq!(parse("COPY . /app").rest, "COPY . /app");
    }
}

//! Remotes, and which references tell what one of them has.

use super::{Answer, Error, Git, Id};

/// The remotes of a repository, as its configuration has them.
#[derive(Debug, Default)]
pub struct Remotes(Vec<Remote>);

#[derive(Debug, Default)]
struct Remote {
    name: String,
    urls: Vec<String>,
    /// Where what it has is noted: `refs/remotes/origin/` (git-fetch, "refspec").
    tracked: Vec<String>,
}

/// The questions about remotes, under way.
pub struct Tracked {
    config: Answer,
    refs: Answer,
    rewritten: Option<Answer>,
}

impl Tracked {
    /// Asks for the remotes and for the references that note what they have. `by_url` tells that the push names a URL:
    /// then the remotes' URLs are asked for as git rewrites them (`url.<base>.insteadOf`).
    pub fn ask(git: &Git, by_url: bool) -> Result<Self, Error> {
        let config = ["config", "-z", "--get-regexp", r"^remote\..*\.(url|pushurl|fetch)$"];
        Ok(Self {
            config: git.ask(&config, Vec::new())?,
            refs: git
                .ask(&["for-each-ref", "--format=%(objectname) %(refname)", "refs/remotes/"], Vec::new())?,
            rewritten: by_url.then(|| git.ask(&["remote", "-v"], Vec::new())).transpose()?,
        })
    }

    /// What the remote of this name or URL is known to have; none if it is not one of the repository's.
    pub fn of(self, name: &str, url: &str) -> Result<Option<Vec<Id>>, Error> {
        // Without any remote `git config` fails.
        let mut remotes = Remotes::parse(&self.config.wait().unwrap_or_default());
        if let Some(rewritten) = self.rewritten {
            remotes.add_urls(&rewritten.wait()?);
        }
        let refs = self.refs.wait()?;
        Ok(remotes.find(name, url).map(|remote| remotes.has(remote, &refs)))
    }
}

impl Remotes {
    /// Reads `KEY LF VALUE NUL`.
    fn parse(config: &[u8]) -> Self {
        let mut remotes = Self::default();
        for entry in config.split(|b| *b == 0) {
            let entry = String::from_utf8_lossy(entry);
            let Some((key, value)) = entry.split_once('\n') else { continue };
            let Some((name, what)) = key.strip_prefix("remote.").and_then(|key| key.rsplit_once('.')) else {
                continue;
            };
            let remote = remotes.entry(name);
            match (what, value.split_once(':')) {
                ("fetch", Some((_, to))) => {
                    // Elsewhere than below `refs/remotes/` our own branches may stand: those of a mirror.
                    let to = to.split('*').next().unwrap_or_default();
                    remote.tracked.extend(to.strip_prefix("refs/remotes/").map(|_| to.to_owned()));
                }
                ("fetch", None) => {}
                _ => remote.urls.push(value.to_owned()),
            }
        }
        remotes
    }

    fn entry(&mut self, name: &str) -> &mut Remote {
        let at = self.0.iter().position(|remote| remote.name == name).unwrap_or_else(|| {
            self.0.push(Remote { name: name.to_owned(), ..Remote::default() });
            self.0.len() - 1
        });
        &mut self.0[at]
    }

    /// Reads `NAME TAB URL (push)`.
    fn add_urls(&mut self, listed: &[u8]) {
        for line in String::from_utf8_lossy(listed).lines() {
            if let Some((name, url)) = line.split_once('\t') {
                let url = url.rsplit_once(" (").map_or(url, |(url, _)| url).to_owned();
                self.entry(name).urls.push(url);
            }
        }
    }

    fn find(&self, name: &str, url: &str) -> Option<&Remote> {
        let by_name = self.0.iter().find(|remote| remote.name == name);
        by_name.or_else(|| self.0.iter().find(|remote| remote.urls.iter().any(|known| known == url)))
    }

    /// What references note of a remote. One that may as well be another remote's (`origin/x` beside `origin`) proves
    /// nothing.
    fn has(&self, remote: &Remote, refs: &[u8]) -> Vec<Id> {
        let is_of =
            |remote: &Remote, name: &str| remote.tracked.iter().any(|to| name.starts_with(to.as_str()));
        let lines = refs.split(|b| *b == b'\n');
        let known = lines.filter_map(|line| {
            let (id, name) = line.split_at(line.iter().position(|b| *b == b' ')?);
            let name = String::from_utf8_lossy(&name[1..]);
            let others = self.0.iter().filter(|other| other.name != remote.name);
            let is_known = is_of(remote, &name) && !others.into_iter().any(|other| is_of(other, &name));
            is_known.then(|| Id::parse(id)).flatten()
        });
        let mut known: Vec<Id> = known.collect();
        known.sort();
        known.dedup();
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &[u8] = b"remote.origin.url\nhttps://unbake.example/a.git\0\
        remote.origin.fetch\n+refs/heads/*:refs/remotes/origin/*\0\
        remote.origin/x.url\n../x.git\0remote.origin/x.fetch\n+refs/heads/*:refs/remotes/origin/x/*\0\
        remote.mirror.url\n../m.git\0remote.mirror.fetch\n+refs/*:refs/*\0";

    fn id(digit: char) -> Id {
        Id::parse(digit.to_string().repeat(40).as_bytes()).unwrap()
    }

    fn has(name: &str, url: &str) -> Option<Vec<Id>> {
        let remotes = Remotes::parse(CONFIG);
        let refs = format!(
            "{} refs/remotes/origin/main\n{} refs/remotes/origin/x/main\n{} refs/remotes/other/main\n",
            id('1'),
            id('2'),
            id('3')
        );
        remotes.find(name, url).map(|remote| remotes.has(remote, refs.as_bytes()))
    }

    #[test]
    fn a_remote_is_known_by_its_name_or_url() {
        assert_eq!(has("origin", "whatever"), Some(vec![id('1')]));
        let url = "https://unbake.example/a.git";
        assert_eq!(has(url, url), Some(vec![id('1')]));
        assert_eq!(has("../elsewhere.git", "../elsewhere.git"), None);
    }

    #[test]
    fn what_may_be_of_another_remote_proves_nothing() {
        assert_eq!(has("origin/x", ""), Some(vec![]), "refs/remotes/origin/* may be origin's");
        assert_eq!(has("mirror", ""), Some(vec![]), "a mirror's references are our own branches");
    }

    #[test]
    fn urls_are_known_as_git_rewrites_them() {
        let mut remotes = Remotes::parse(CONFIG);
        remotes.add_urls(
            b"origin\tssh://unbake.example/a.git (fetch)\norigin\tssh://unbake.example/p.git (push)\n",
        );
        let url = "ssh://unbake.example/p.git";
        assert_eq!(remotes.find(url, url).map(|remote| remote.name.as_str()), Some("origin"));
    }
}

//! The rule for `name = value`: a credential that nothing but its name gives away.
//!
//! In: a text and where a credential's word stands in it. Out: the value that is given to the name which the word is
//! part of, if it is one, and how sure that is. Written by hand: the words stand 1.3 million times in a 2 GB image,
//! 166,000 of them shaped like an assignment, and a look at the next bytes settles most.

mod syntax;

use super::judge::{self, Assignment};
use crate::finding::Confidence;
use crate::span::Span;

/// Id of the rule that this file carries out.
pub const RULE: &str = "generic-credential";

/// Id of the rule for a value beside the name of a provider whose keys have its shape.
pub const PROVIDER_RULE: &str = "provider-credential";

/// How far before a name the provider's may stand, in bytes.
const NEAR: usize = 120;

/// A value with a name that makes it a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned {
    /// The value, without quotes.
    pub value: Span,
    /// How sure.
    pub confidence: Confidence,
    /// [`RULE`] or [`PROVIDER_RULE`].
    pub rule: &'static str,
}

/// The assignment whose name holds `word`.
pub fn read(text: &[u8], word: Span) -> Option<Assigned> {
    let found = syntax::read(text, word)?;
    let part = |span: Span| std::str::from_utf8(text.get(span.start..span.end)?).ok();
    let (name, raw) = (part(found.name)?, part(found.value)?);
    let at = Span { start: found.name.start, end: found.value.end };
    let it = Assignment { text, at, name, value: raw, place: found.place, quoted: found.quoted };
    let own = judge::assignment(&it);
    let before = &text[found.name.start.saturating_sub(NEAR)..found.name.start];
    if own < Some(Confidence::High) && judge::is_providers(name, before, raw) {
        // Three things that agree weigh more than what the surroundings say against one of them.
        let confidence = own.map_or(Confidence::Medium, |own| own.max(Confidence::Medium));
        return Some(Assigned { value: found.value, confidence, rule: PROVIDER_RULE });
    }
    own.map(|confidence| Assigned { value: found.value, confidence, rule: RULE })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the first credential's word of a line gives: the value and how sure.
    fn verdict(line: &str) -> Option<(&str, Confidence)> {
        const WORDS: [&str; 8] = ["passw", "secret", "token", "api", "key", "pass", "pwd", "auth"];
        let lower = line.to_ascii_lowercase();
        WORDS
            .iter()
            .flat_map(|word| {
                lower.match_indices(word).map(|(at, _)| Span { start: at, end: at + word.len() })
            })
            .find_map(|word| read(line.as_bytes(), word))
            .map(|found| (&line[found.value.start..found.value.end], found.confidence))
    }

    #[test]
    fn lines_with_a_credential() {
        #[rustfmt::skip]
        let lines = [
            // Variables of a process: also a weak word runs.
            ("POSTGRES_PASSWORD=docker", "docker"),
            ("      - GF_SECURITY_ADMIN_PASSWORD=foobar\n", "foobar"),
            ("      MYSQL_ROOT_PASSWORD: fake_password\n", "fake_password"),
            ("- name: MYSQL_ROOT_PASSWORD\n  value: fake_password\n", "fake_password"),
            (r#"{"name": "DB_PASSWORD", "value": "kX9-unbake-Inv3nted"}"#, "kX9-unbake-Inv3nted"),
            ("ENV DB_PASSWORD unbake-Inv3nted\n", "unbake-Inv3nted"),
            ("export API_TOKEN='kX9vQ2unbakeInv3nted7'", "kX9vQ2unbakeInv3nted7"),
            ("docker run -e DB_PASSWORD=unbake-Inv3nted-9 app", "unbake-Inv3nted-9"),
            // Configuration: a word where a user or a host stands beside it.
            ("auth:\n  username: postgres\n  password: postgres\n", "postgres"),
            ("db.host=db.internal\ndb.password=tigers\n", "tigers"),
            ("spring.datasource.password=Inv3nted&unbake!7\n", "Inv3nted&unbake!7"),
            ("password: kX9-unbake-Inv3nted\n", "kX9-unbake-Inv3nted"),
            // Code.
            (r#"db_password = "kX9-unbake-Inv3nted""#, "kX9-unbake-Inv3nted"),
            (r#"const apiKey: string = "u7Qe0unbakeInvented5zR";"#, "u7Qe0unbakeInvented5zR"),
            (r#"password := []byte("kX9-unbake-Inv3nted")"#, "kX9-unbake-Inv3nted"),
            (r#"SECRET = os.environ.get("APP_SECRET", "u7Qe0unbakeInvented5zR")"#, "u7Qe0unbakeInvented5zR"),
            (r"token: process.env.APP_TOKEN || 'u7Qe0unbakeInvented5zR',", "u7Qe0unbakeInvented5zR"),
            (r"define('DB_PASSWORD', 'kX9-unbake-Inv3nted');", "kX9-unbake-Inv3nted"),
            (r#"client.setApiKey("u7Qe0unbakeInvented5zR")"#, "u7Qe0unbakeInvented5zR"),
            (r#"{"clientSecret": "u7Qe0unbakeInvented5zR"}"#, "u7Qe0unbakeInvented5zR"),
            (r#"{\"clientSecret\": \"u7Qe0unbakeInvented5zR\"}"#, "u7Qe0unbakeInvented5zR"),
            // Markup, command lines, URLs, headers.
            ("<password>kX9-unbake-Inv3nted</password>", "kX9-unbake-Inv3nted"),
            (r#"<add key="SmtpPassword" value="kX9-unbake-Inv3nted" />"#, "kX9-unbake-Inv3nted"),
            (r#"<string name="api_key">u7Qe0unbakeInvented5zR</string>"#, "u7Qe0unbakeInvented5zR"),
            ("mysqldump --user app --password kX9-unbake-Inv3nted db", "kX9-unbake-Inv3nted"),
            ("https://api.invented/v1?access_token=u7Qe0unbakeInvented5zR&x=1", "u7Qe0unbakeInvented5zR"),
            (r#"curl -H "X-Api-Key: u7Qe0unbakeInvented5zR" https://api.invented"#, "u7Qe0unbakeInvented5zR"),
            ("requirepass kX9-unbake-Inv3nted\n", "kX9-unbake-Inv3nted"),
        ];
        let wrong: Vec<String> = lines
            .iter()
            .map(|(line, value)| (line, value, verdict(line)))
            .filter(|(_, value, found)| {
                !found.is_some_and(|(v, sure)| v == **value && sure >= Confidence::Medium)
            })
            .map(|(line, _, found)| format!("{line}: {found:?}"))
            .collect();
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn lines_without_one() {
        #[rustfmt::skip]
        let lines = [
            "PASSWORD_MIN_LENGTH = 12",
            "password = os.environ[\"DB_PASSWORD\"]",
            "self.password = password",
            "DB_PASSWORD=${DB_PASSWORD}",
            "DB_PASSWORD=$(cat /run/secrets/db)",
            "DB_PASSWORD=<your password>",
            "password: {{ .Values.password }}",
            "token: i1.HttpClient,",
            "private_key: ed25519.Ed25519PrivateKey, f_priv: _FragList",
            "apiKey: SensitiveString2048;",
            "export type MqttPassword = Buffer|Uint8Array|Blob|string;",
            "_OpenThreadToken = windll.advapi32.OpenThreadToken",
            "secret = kXxh3Secrets + AlgNum;",
            "{\"password\": \"Passwort vergessen?\"}",
            "{\"password\": \"Passwort\"}",
            "\"output_token\": \"StreamDescription.Shards[-1].ShardId\"",
            "SIGN_IN_WITH_PASSWORD = '/v1/accounts:signInWithPassword',",
            "\"PasswordLastUsed\": \"2016-09-08T21:47:36Z\"",
            "\"ManagerSecretId\": \"arn:aws:secretsmanager:us-east-1:0:secret:unbake\"",
            "publicKeyToken=\"1fc8b3b9a1e18e3b\"",
            "\"recaptchaV3Token\": \"my_recaptchaV3Token\"",
            "token = 'token1234'",
            "e.TOKEN=e.HEX=e.URL_CHAR=e.USERINFO_CHARS=e.MARK;",
            "password = input(\"Password: \")",
            "if (password == \"kX9-unbake-Inv3nted\") {",
            "verdaccio-htpasswd: 13.0.0-next-8.29",
            "# password = secret",
            "username: string\npassword: string\n",
            "user=user,\npassword=password,\n",
            "secret: \"sha256-u7Qe0unbakeInvented5zRu7Qe0unbakeInvented5zR=\"",
        ];
        let wrong: Vec<String> = lines
            .iter()
            .map(|line| (line, verdict(line)))
            .filter(|(_, found)| found.is_some_and(|(_, sure)| sure >= Confidence::Medium))
            .map(|(line, found)| format!("{line}: {found:?}"))
            .collect();
        assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    }

    #[test]
    fn examples_tests_and_texts_for_people_count_against_it() {
        let value = "'kX9-unbake-Inv3nted'";
        for text in [
            format!("Examples:\n\n    token = {value}\n"),
            format!("def test_login():\n    token = {value}\n    assert login(token)\n"),
            format!(
                "To log in, give the token that you were given when you signed up.\n\
                 It is sent with every request, and nobody else can know what it is.\n\n    token = {value}\n"
            ),
        ] {
            let found = verdict(&text);
            assert!(found.is_none_or(|(_, sure)| sure < Confidence::Medium), "{text}: {found:?}");
        }
        let found = verdict("mail.sender = app@example.com\ntoken = 'kX9-unbake-Inv3nted'\n");
        assert_eq!(found.map(|(_, sure)| sure), Some(Confidence::Medium), "a host is no example");
    }

    #[test]
    fn a_providers_name_and_shape_make_it_the_providers() {
        let text = "ASANA_KEY=0/0badc0de0badc0de0badc0de0badc0de\nalgolia_key = \"0badc0de7f3e5a1900badc0d1e2f3a4b\"\n";
        let at = text.find("_key").expect("is there");
        let found = read(text.as_bytes(), Span { start: at, end: at + 4 }).expect("found");
        assert_eq!((found.rule, found.confidence), (PROVIDER_RULE, Confidence::Medium));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(password|token|_key|value|[\"'`=:,()<>\\\\ \n{}$%|?+#-]|[a-zA-Z0-9ü]){0,40}") {
            for (at, word) in text.match_indices("token").chain(text.match_indices("password")) {
                let word = Span { start: at, end: at + word.len() };
                if let Some(found) = read(text.as_bytes(), word) {
                    proptest::prop_assert!(found.value.start > at && found.value.end <= text.len());
                }
            }
        }
    }
}

//! The file of `dapr run -f`: applications with their variables and commands (Dapr, "Multi-App Run template").

use super::command::in_line;
use super::object::Object;
use super::{Field, Role};
use crate::yaml::route::At;

/// Whether a document is one: a list of applications that have a directory or an id.
pub(super) fn is_one(root: &At<'_>) -> bool {
    let is_app = |app: At<'_>| ["appDirPath", "appID"].iter().any(|key| app.get(key).is_some());
    root.get("apps").is_some_and(|apps| apps.items().any(is_app))
}

/// The id of the application that a place is in.
pub(super) fn name<'a>(chain: &[At<'a>]) -> &'a str {
    chain.get(2).map_or("", |app| id(app))
}

/// Without an id, an application is called as its directory.
fn id<'a>(app: &At<'a>) -> &'a str {
    let text = |key: &str| app.node.get(key).and_then(|node| node.text());
    let directory =
        text("appDirPath").map(|path| path.trim_end_matches('/').rsplit('/').next().unwrap_or(path));
    text("appID").or(directory).unwrap_or_default()
}

/// Adds its literals.
pub(super) fn read(file: &Object<'_>, out: &mut Vec<Field>) {
    variables(file, &file.root.follow(&["common", "env"]), out);
    for app in file.root.get("apps").iter().flat_map(|apps| apps.items()) {
        let file = file.called(id(&app));
        variables(&file, &app.get("env"), out);
        for word in app.get("command").iter().flat_map(|command| command.items()) {
            in_line(&file, &word, Role::ComposeArgument, out);
        }
    }
}

/// Unlike compose it puts no variables into values: `$` is one.
fn variables(file: &Object<'_>, env: &Option<At<'_>>, out: &mut Vec<Field>) {
    for (name, value) in env.iter().flat_map(At::entries) {
        file.field(&value, name, Role::ComposeEnv, out);
    }
}

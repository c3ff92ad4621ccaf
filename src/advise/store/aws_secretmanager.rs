//! AWS Secrets Manager: `secretstores.aws.secretmanager`. An entry is a JSON object of keys and values, which Dapr
//! takes apart with `multipleKeyValuesPerSecret`.

use super::{Names, Setting, Store, shell};
use crate::advise::plan::{Command, PlannedSecret, Reference};

pub(super) fn metadata(store: &Store) -> Vec<Setting> {
    // Without `accessKey` and `secretKey`, the AWS SDK takes the role of the pod.
    vec![
        Setting::Value("region", store.place.clone().unwrap_or_else(|| "AWS_REGION".to_owned())),
        Setting::Value("multipleKeyValuesPerSecret", "true".to_owned()),
    ]
}

pub(super) fn commands(store: &Store, secrets: &[PlannedSecret], names: &Names) -> Vec<Command> {
    let region =
        store.place.as_ref().map(|region| format!(" --region {}", shell::word(region))).unwrap_or_default();
    let mut commands = Vec::new();
    for secret in secrets {
        let planned = |key: &str| Reference { name: secret.name.clone(), key: key.to_owned() };
        let first =
            secret.keys.first().and_then(|key| names.get(secret.namespace.as_deref(), &planned(&key.key)));
        let Some(entry) = first else { continue };
        let json = shell::object(secret.keys.iter().map(|key| (key.key.as_str(), key)));
        let name = shell::word(&entry.name);
        commands.push(Command {
            what: format!("Create {} in AWS Secrets Manager", entry.name),
            line: shell::asking_json(&json, false, |json| {
                format!("{json} | aws secretsmanager create-secret{region} --name {name} --secret-string file:///dev/stdin")
            }),
        });
    }
    commands
}

pub(super) fn notes(store: &Store) -> Vec<String> {
    let mut notes = Vec::new();
    if store.place.is_none() {
        notes.push(
            "Put the region in the place of AWS_REGION; the commands use that of your AWS profile."
                .to_owned(),
        );
    }
    notes.push("The component has no access key: Dapr reads with the IAM role of the pod. `multipleKeyValuesPerSecret` needs Dapr 1.16 or later.".to_owned());
    notes.push("For an entry that is there already, `aws secretsmanager put-secret-value --secret-id NAME` takes the place of `create-secret --name NAME`.".to_owned());
    notes
}

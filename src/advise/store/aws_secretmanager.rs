//! AWS Secrets Manager: `secretstores.aws.secretmanager`, one value an entry.
//!
//! An entry could be a JSON object of several values, by `multipleKeyValuesPerSecret`. But Dapr 1.16 reads that setting
//! as a boolean of JSON where a component has the string `"true"`, and the component does not start.

use super::{Names, Setting, Store, shell};
use crate::advise::plan::{Command, PlannedSecret, Reference, Target};

pub(super) fn metadata(store: &Store) -> Vec<Setting> {
    // Without `accessKey` and `secretKey`, the AWS SDK takes the role of the pod.
    vec![Setting::Value("region", store.place.clone().unwrap_or_else(|| "AWS_REGION".to_owned()))]
}

pub(super) fn commands(store: &Store, secrets: &[PlannedSecret], names: &Names) -> Vec<Command> {
    let region =
        store.place.as_ref().map(|region| format!(" --region {}", shell::word(region))).unwrap_or_default();
    let mut commands = Vec::new();
    for secret in secrets {
        for key in &secret.keys {
            let planned = Reference { name: secret.name.clone(), key: key.key.clone() };
            let Some(entry) = names.get(secret.namespace.as_deref(), &planned) else { continue };
            let create = format!(
                "aws secretsmanager create-secret{region} --name {} --secret-string file:///dev/stdin",
                shell::word(&entry.name)
            );
            commands.push(Command {
                what: format!("Create {} in AWS Secrets Manager", entry.name),
                line: shell::asking(&secret.name, key, |value| format!("{value} | {create}")),
            });
        }
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
    let identity = match store.target {
        Target::Kubernetes => "the IAM role of the pod",
        Target::SelfHosted => "the AWS profile of this machine",
    };
    notes.push(format!("The component has no access key: Dapr reads with {identity}."));
    notes.push("For an entry that is there already, `aws secretsmanager put-secret-value --secret-id NAME` takes the place of `create-secret --name NAME`.".to_owned());
    notes
}

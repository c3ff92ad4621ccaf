//! Texts that hold values on purpose, and those that are made to hold none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::json;
use unbake::advise::plan::Target;
use unbake::advise::store::emit::{
    RemoteStore, dapr_local_file, external_secret, sealed_secret, secret, sops,
};
use unbake::advise::store::{Store, StoreType};

use super::{VALUES, assert_no_value, key, plan, planned, read_yaml};

#[test]
fn an_external_secret_says_where_the_values_are() {
    let plan = plan();
    let mut text = String::new();
    for (kind, store) in [
        (StoreType::Vault, Some(RemoteStore { name: "vault-backend".to_owned(), of_cluster: true })),
        (StoreType::AzureKeyVault, None),
    ] {
        let names = Store::new(kind, Target::Kubernetes).names(&plan);
        for secret in &plan {
            let file = external_secret(secret, store.as_ref(), &names);
            let read = &read_yaml(&file.text)[0];
            assert_eq!(read["apiVersion"], "external-secrets.io/v1");
            assert_eq!(read["spec"]["target"]["name"], secret.name);
            text.push_str(&format!("# {}: {}\n{}\n", file.path.display(), file.why, file.text));
        }
    }
    assert_no_value(&text);
    insta::assert_snapshot!("emit_external_secret", text);
}

#[test]
fn a_manifest_has_the_exact_bytes_and_shows_none_in_debug() {
    let values: [&[u8]; 6] = [
        b"$(X) \"quoted\" 'y' # z",
        b"line\nline\n",
        b"a\0b",
        b"\xff\xfe",
        b"true",
        "\u{feff}\u{2028}ä😀".as_bytes(),
    ];
    let keys = values.iter().enumerate().map(|(number, value)| key(&format!("k{number}"), value)).collect();
    let file = secret(&planned("s", keys));
    assert_eq!(file.path.to_str(), Some("shop.s.yaml"));
    assert!(!format!("{file:?}").contains("quoted"), "{file:?}");
    let read = &read_yaml(std::str::from_utf8(file.text.reveal()).unwrap())[0];
    assert_eq!(read["metadata"], json!({"name": "s", "namespace": "shop"}));
    for (number, value) in values.iter().enumerate() {
        let key = format!("k{number}");
        let text = read["stringData"][&key].as_str().map(|text| text.as_bytes().to_vec());
        let bytes = || STANDARD.decode(read["data"][&key].as_str().unwrap()).unwrap();
        assert_eq!(text.unwrap_or_else(bytes), *value, "{key}");
    }
}

#[test]
fn what_is_piped_has_the_values_on_standard_input_alone() {
    for pipe in plan().iter().flat_map(|planned| [sealed_secret(planned), sops(planned)]) {
        assert_no_value(&format!("{pipe:?} {} {:?}", pipe.program, pipe.arguments));
        let read = &read_yaml(std::str::from_utf8(pipe.input.reveal()).unwrap())[0];
        assert_eq!(read["kind"], "Secret");
        assert!(read["stringData"].get("old").is_none(), "a key that is there already is not written again");
    }
    assert_eq!(sealed_secret(&plan()[0]).output.to_str(), Some("shop.api-credentials.sealed.yaml"));
}

#[test]
fn the_local_file_mirrors_names_and_keys() {
    let plan = plan();
    let names = Store::new(StoreType::LocalFile, Target::SelfHosted).names(&plan);
    let file = dapr_local_file(&plan, &names).unwrap();
    assert_no_value(&format!("{file:?}"));
    let read: serde_json::Value = serde_json::from_slice(file.text.reveal()).unwrap();
    assert_eq!(read["api-credentials"], json!({"api-key": VALUES[0], "api-secret": VALUES[1]}));
    assert_eq!(read["gateway"]["tls.key"], VALUES[3]);
    let bytes = [planned("s", vec![key("k", b"\xff")])];
    let error = dapr_local_file(&bytes, &names).unwrap_err();
    assert!(error.contains("the key k of s"), "{error}");
}

proptest! {
    #[test]
    fn any_bytes_come_back_out_of_a_manifest(value in proptest::collection::vec(any::<u8>(), 0..64), text in any::<String>()) {
        for value in [value.as_slice(), text.as_bytes()] {
            let file = secret(&planned("s", vec![key("k", value)]));
            let read = &read_yaml(std::str::from_utf8(file.text.reveal()).unwrap())[0];
            let found = match read["stringData"]["k"].as_str() {
                Some(text) => text.as_bytes().to_vec(),
                None => STANDARD.decode(read["data"]["k"].as_str().unwrap()).unwrap(),
            };
            prop_assert_eq!(found, value);
        }
    }
}

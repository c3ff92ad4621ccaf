//! Why a literal is what it is: a word for programs, a sentence for people.

use super::Class;
use crate::detect::judge::Setting;
use crate::manifest::Field;

/// Why a literal is a Secret, Configuration or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// There is nothing in it.
    Empty,
    /// It says where a value is kept.
    Reference,
    /// Someone is to fill it in.
    Blank,
    /// A URL or connection string with a password in it.
    Login,
    /// A setting of a Dapr component that is a credential.
    Setting,
    /// A weak word where only a provider's key would grant anything.
    StandIn,
    /// A setting of a Dapr component that may hold a password and holds none.
    WithoutPassword,
    /// A setting of a Dapr component that goes with a credential.
    Identifier,
    /// A setting of a Dapr component that only looks like a credential.
    KnownPlain,
    /// It stands in a Secret.
    Kept,
    /// Its name says so.
    Named,
    /// Its form is that of configuration.
    Form(Setting),
    /// A user, a host, a certificate: its name says that it goes with a credential.
    Companion,
    /// Nothing says that it is a credential.
    Ordinary,
}

impl Reason {
    /// What it makes of the literal.
    pub fn class(self) -> Class {
        match self {
            Self::Empty | Self::Reference | Self::Blank | Self::StandIn => Class::Neither,
            Self::Login | Self::Setting | Self::Kept | Self::Named => Class::Secret,
            _ => Class::Configuration,
        }
    }

    /// A word for programs; it does not change.
    pub fn id(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Reference => "reference",
            Self::Blank => "placeholder",
            Self::Login => "password-inside",
            Self::Setting => "dapr-credential",
            Self::StandIn => "dapr-stand-in",
            Self::WithoutPassword => "dapr-without-password",
            Self::Identifier => "dapr-identifier",
            Self::KnownPlain => "dapr-plain",
            Self::Kept => "kept-as-secret",
            Self::Named => "name",
            Self::Form(form) => form_id(form),
            Self::Companion => "companion",
            Self::Ordinary => "ordinary",
        }
    }

    /// The reason in words, for this field.
    pub fn explain(self, field: &Field) -> String {
        let setting = || match &field.component {
            Some(component) => format!("`{}` of {component}", field.name),
            None => format!("`{}`", field.name),
        };
        match self {
            Self::Empty => "it is empty".to_owned(),
            Self::Reference => "it refers to a value that stands elsewhere".to_owned(),
            Self::Blank => "it is to be filled in".to_owned(),
            Self::Login => "a password stands in the URL or connection string".to_owned(),
            Self::Setting => format!("{} is a credential", setting()),
            Self::StandIn => format!("{} is made by a provider, who makes no such word", setting()),
            Self::WithoutPassword => format!("{} has no password in it", setting()),
            Self::Identifier => format!("{} goes with a credential and grants nothing alone", setting()),
            Self::KnownPlain => format!("{} is no credential", setting()),
            Self::Kept => "it is kept as a secret".to_owned(),
            Self::Named => "its name says that it is a credential".to_owned(),
            Self::Form(form) => form_text(form).to_owned(),
            Self::Companion => "its name says that it goes with a credential".to_owned(),
            Self::Ordinary => "nothing says that it is a credential".to_owned(),
        }
    }
}

fn form_id(form: Setting) -> &'static str {
    match form {
        Setting::Short => "short",
        Setting::Switch => "switch",
        Setting::Number => "number",
        Setting::Amount => "amount",
        Setting::Path => "path",
        Setting::Address => "address",
        Setting::Date => "date",
        Setting::Version => "version",
        Setting::Algorithm => "algorithm",
        Setting::Public => "public",
        Setting::Variable => "variable-name",
        Setting::Structure => "structure",
        Setting::Text => "text",
        Setting::Pairs => "settings",
    }
}

fn form_text(form: Setting) -> &'static str {
    match form {
        Setting::Short => "it is too short for a credential",
        Setting::Switch => "it switches or selects something",
        Setting::Number => "it is a number",
        Setting::Amount => "it is a duration, a size or a share",
        Setting::Path => "it is a path",
        Setting::Address => "it is an address without a password",
        Setting::Date => "it is a date",
        Setting::Version => "it is a version",
        Setting::Algorithm => "it names an algorithm",
        Setting::Public => "it is public: a certificate, a public key, a digest",
        Setting::Variable => "it is the name of a variable",
        Setting::Structure => "it is a structure in which no rule finds a credential",
        Setting::Text => "it is a text in which no rule finds a credential",
        Setting::Pairs => "it is a row of settings without a password",
    }
}

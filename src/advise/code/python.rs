//! Python, by the package `dapr`. Its client waits for the sidecar by itself since 1.14, and `wait` is deprecated since.

use super::Values;
use super::text::string;
use crate::advise::plan::Snippet;

const WAITS: &str = "# DaprClient waits until the sidecar is there, for DAPR_HEALTH_TIMEOUT seconds (60).";
const KEY_IS_NAME: &str = "# `key` is the name of the secret; the answer has its keys.";
const ALL_OF_THEM: &str = "# Every secret that the store gives out. In a cluster the ServiceAccount has to be allowed to `list` them.";

/// FastAPI: loaded before the first request, kept for all.
pub(super) fn lifespan(store: &str, values: &Values) -> Snippet {
    let mut fields = String::new();
    let mut load = String::new();
    for (_, value) in values.each() {
        fields.push_str(&format!("    {}: str | None = None\n", value.identifier));
    }
    for entry in &values.0 {
        load.push_str(&format!("        answer = await read(client, {})\n", string(&entry.name)));
        for value in &entry.values {
            load.push_str(&format!(
                "        config.{} = required(answer, {}, {})\n",
                value.identifier,
                string(&entry.name),
                string(&value.key)
            ));
        }
    }
    let first = values.each().next().map_or("", |(_, value)| value.identifier.as_str());
    let store = string(store);
    let text = format!(
        r#"from contextlib import asynccontextmanager

from dapr.aio.clients import DaprClient
from fastapi import FastAPI, HTTPException
from grpc import RpcError

SECRET_STORE = {store}


class Config:
{fields}

config = Config()


async def read(client: DaprClient, name: str) -> dict[str, str]:
    try:
        {KEY_IS_NAME}
        return (await client.get_secret(store_name=SECRET_STORE, key=name)).secret
    except RpcError as error:
        raise RuntimeError(f"secret {{name}} of store {{SECRET_STORE}} can't be read") from error


def required(secret: dict[str, str], name: str, key: str) -> str:
    value = secret.get(key)
    if not value:
        raise RuntimeError(f"secret {{name}} of store {{SECRET_STORE}} has no key {{key}}")
    return value


@asynccontextmanager
async def lifespan(app: FastAPI):
    {WAITS}
    async with DaprClient() as client:
{load}    yield


app = FastAPI(lifespan=lifespan)


@app.get("/configured")
async def configured():
    # A handler takes what it needs from `config`, without asking the store again.
    if not config.{first}:
        raise HTTPException(status_code=500, detail="{first} is not configured")
    return {{"configured": True}}
"#
    );
    snippet("Load the secrets when FastAPI starts", text)
}

/// Without `asyncio`.
pub(super) fn sync(store: &str, values: &Values) -> Snippet {
    let load = load(values, |name| {
        format!("        answer = client.get_secret(store_name=SECRET_STORE, key={name}).secret\n")
    });
    let text = synchronous(store, &format!("        {KEY_IS_NAME}\n{load}"));
    snippet("Load the secrets when the program starts", text)
}

/// All that the store lets the program see, in one call.
pub(super) fn bulk(store: &str, values: &Values) -> Snippet {
    let load = load_from_all(values);
    let text = synchronous(
        store,
        &format!(
            "        {ALL_OF_THEM}\n        secrets = client.get_bulk_secret(store_name=SECRET_STORE).secrets\n{load}"
        ),
    );
    snippet("Load all secrets of the store in one call", text)
}

/// The same with `asyncio`.
pub(super) fn bulk_async(store: &str, values: &Values) -> Snippet {
    let load = load_from_all(values);
    let text = format!(
        r#"import asyncio

from dapr.aio.clients import DaprClient

SECRET_STORE = {}


async def load_secrets() -> dict[str, str]:
    config = {{}}
    {WAITS}
    async with DaprClient() as client:
        {ALL_OF_THEM}
        secrets = (await client.get_bulk_secret(store_name=SECRET_STORE)).secrets
{load}    return config


if __name__ == "__main__":
    config = asyncio.run(load_secrets())
"#,
        string(store)
    );
    snippet("Load all secrets of the store in one call, with asyncio", text)
}

/// A program without `asyncio`, and what it does with its `client`.
fn synchronous(store: &str, load: &str) -> String {
    format!(
        r#"from dapr.clients import DaprClient

SECRET_STORE = {}


def load_secrets() -> dict[str, str]:
    config = {{}}
    {WAITS}
    with DaprClient() as client:
{load}    return config


config = load_secrets()
"#,
        string(store)
    )
}

/// The lines that take the values out of `secrets`, which has all of them.
fn load_from_all(values: &Values) -> String {
    load(values, |name| format!("    answer = secrets[{name}]\n")).replace("        config[", "    config[")
}

/// The lines that take the values out of `answer`, each entry after what fetches it.
fn load(values: &Values, fetch: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    for entry in &values.0 {
        text.push_str(&fetch(&string(&entry.name)));
        for value in &entry.values {
            text.push_str(&format!(
                "        config[{}] = answer[{}]\n",
                string(&value.identifier),
                string(&value.key)
            ));
        }
    }
    text
}

fn snippet(what: &str, text: String) -> Snippet {
    Snippet { language: super::Language::Python.as_str().to_owned(), what: what.to_owned(), text }
}

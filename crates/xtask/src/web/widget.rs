//! The widget's files: the loader that a host page includes, and what it fetches on first opening.

use super::{
    assets::{Assets, Size},
    bindgen,
    record::{Made, WidgetFiles},
};
use crate::{fingerprint::Fingerprint, workspace};
use anyhow::{Context, Result, bail};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

const LOADER_DIR: &str = "widget/loader";

/// The rest of the page's API, and what the page of its own has for apps.
const API_DIR: &str = "widget/api";

/// The form before the chat, which the chat fetches where its channel has one.
const FORM_DIR: &str = "widget/form";

/// Stands in the loader for the channel's configuration, which the server fills in.
const CONFIG_PLACEHOLDER: &str = "\"__PARLOR_CONFIG__\"";

/// A configuration as long as a real one, so that the loader is measured as it travels.
const SAMPLE_CONFIG: &str = concat!(
    r##"{"k":"q7Zt1vX0b3Kd8sLmPw4yRg","o":"https://support.example.com","n":"在线客服","s":""##,
    r##":host{bottom:24px!important;right:24px!important}:host>button{--c:#1d6fe0;--on:#ffffff}"##,
    r##"section{--c:#1d6fe0;--on:#ffffff;bottom:96px;right:min(24px,100vw - 400px);height:min(640px,100vh - 120px)}"##,
    r##"@media(min-width:481px){:host(.large) section{--c:#1d6fe0;--on:#ffffff;width:min(880px,100vw - 48px);height:min(720px,100vh - 48px)}}"##,
    r##"@media(max-width:480px){:host{bottom:20px!important;right:20px!important}:host>button{--c:#1d6fe0;--on:#ffffff}"##,
    r##"section{--c:#1d6fe0;--on:#ffffff;top:calc(var(--vt) + var(--vh)*.2);height:calc(var(--vh)*.8)}}","t":"在线咨询","l":"","##,
    r#""j":"https://support.example.com/assets/widget-0f3a9c1e5b7d2846"}"#
);

/// What the widget is made of besides the module.
pub(super) fn extras(root: &Path) -> Result<String> {
    let mut fingerprint = Fingerprint::default();
    for dir in [LOADER_DIR, API_DIR, FORM_DIR] {
        fingerprint.tree(root, &root.join(dir))?;
    }
    Ok(fingerprint.finish())
}

/// Writes the loader and what it fetches.
pub(super) fn assemble(module: &Path, staging: &Path, assets: &mut Assets) -> Result<Made> {
    let bound = bindgen::bind(module, "widget", staging, false)?;
    let glue = bindgen::bundle(&bound.glue, "esm", "es2022", staging)?;
    let api = bindgen::bundle(&entry(API_DIR, "api")?, "esm", "es2020", staging)?;
    let app = bindgen::bundle(&entry(API_DIR, "app")?, "iife", "es2020", staging)?;
    let form = bindgen::bundle(&entry(FORM_DIR, "form")?, "esm", "es2022", staging)?;
    // One name for all of them, so that the loader needs to know one.
    let files: [(&str, &[u8]); 5] =
        [(".js", &glue), (".wasm", &bound.wasm), ("-api.js", &api), ("-app.js", &app), ("-form.js", &form)];
    let [glue, wasm, api, app, form] = assets.publish_together("widget", files)?;

    let loader = bindgen::bundle(&entry(LOADER_DIR, "loader")?, "iife", "es2020", staging)?;
    let loader = String::from_utf8(loader).context("the loader is not UTF-8")?;
    let sample = fill(&loader, SAMPLE_CONFIG)?;
    assets.write("loader.js", loader.as_bytes())?;

    Ok(Made {
        console: None,
        later: BTreeMap::from([
            ("api".to_owned(), api.size),
            ("app".to_owned(), app.size),
            ("form".to_owned(), form.size),
        ]),
        widget: Some(WidgetFiles { js: glue.url, wasm: wasm.url, api: api.url, app: app.url, form: form.url }),
        sizes: BTreeMap::from([
            ("loader".to_owned(), Size::of(sample.as_bytes())?),
            ("glue".to_owned(), glue.size),
            ("wasm".to_owned(), wasm.size),
        ]),
    })
}

fn entry(dir: &str, name: &str) -> Result<PathBuf> {
    let path = workspace::root()?.join(dir).join(name).with_extension("ts");
    path.is_file().then_some(path).with_context(|| format!("{dir}/{name}.ts is missing"))
}

/// Puts a configuration into the loader, as the server does.
fn fill(loader: &str, config: &str) -> Result<String> {
    let count = loader.matches(CONFIG_PLACEHOLDER).count();
    if count != 1 {
        bail!("the minified loader has {CONFIG_PLACEHOLDER} {count} times; the server fills in exactly one");
    }
    Ok(loader.replace(CONFIG_PLACEHOLDER, config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_has_exactly_one_place() {
        assert_eq!(fill("f(\"__PARLOR_CONFIG__\")", "{}").unwrap(), "f({})");
        fill("f('__PARLOR_CONFIG__')", "{}").unwrap_err();
        fill("f(\"__PARLOR_CONFIG__\",\"__PARLOR_CONFIG__\")", "{}").unwrap_err();
    }

    #[test]
    fn the_sample_is_a_configuration() {
        let sample: serde_json::Value = serde_json::from_str(SAMPLE_CONFIG).unwrap();
        assert!(sample["j"].is_string());
    }
}

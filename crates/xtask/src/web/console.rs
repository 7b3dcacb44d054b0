//! The console's files: page, style, script and module.

use super::{
    assets::Assets,
    bindgen, parts,
    record::{ConsoleFiles, Made},
};
use crate::{
    exec,
    fingerprint::{Fingerprint, files_below},
    node, workspace,
};
use anyhow::{Context, Result, bail};
use std::{collections::BTreeMap, fs, path::Path};

const PAGE: &str = "frontend/index.html";
const STYLE: &str = "frontend/src/styles/main.css";
/// The style of pages outside of the inbox, which comes with the first of them.
const PAGES_STYLE: &str = "frontend/src/styles/pages.css";
const PUBLIC: &str = "frontend/public";
const SERVICE_WORKER: &str = "frontend/service-worker.js";
/// Stands in the service worker for the address of the product's mark.
const ICON_PLACEHOLDER: &str = "__PARLOR_ICON__";

/// What the page is made of besides the module.
pub(super) fn extras(root: &Path) -> Result<String> {
    let mut fingerprint = Fingerprint::default();
    fingerprint.file(root, &root.join(PAGE))?;
    fingerprint.tree(root, &root.join(PUBLIC))?;
    fingerprint.file(root, &root.join(SERVICE_WORKER))?;
    // A component keeps its style beside its code, so anything in the sources that is not code may be part of the style.
    for file in files_below(&root.join("frontend/src"))? {
        if file.extension().is_none_or(|extension| extension != "rs") {
            fingerprint.file(root, &file)?;
        }
    }
    Ok(fingerprint.finish())
}

/// Writes everything that the console loads, and the page that names it.
pub(super) fn assemble(module: &Path, staging: &Path, assets: &mut Assets) -> Result<Made> {
    let root = workspace::root()?;
    let split = parts::split(module, "console", staging)?;
    let (mut addresses, mut later) = (Vec::new(), BTreeMap::new());
    for part in &split.later {
        let published = assets.publish(&format!("console-{}", part.name), "wasm", &part.wasm)?;
        addresses.push(published.url);
        later.insert(part.name.clone(), published.size);
    }
    split.publish(&addresses)?;
    let bound = bindgen::bind(&split.main, "console", staging, true)?;
    let wasm = assets.publish("console", "wasm", &bound.wasm)?;

    let entry = staging.join("start.js");
    let glue = serde_json::to_string(&bound.glue)?;
    let address = serde_json::to_string(&wasm.url)?;
    // The page may carry no inline script, so the script starts itself.
    fs::write(&entry, format!("import start from {glue};\nstart({{ module_or_path: {address} }});\n"))?;
    let js = assets.publish("console", "js", &bindgen::bundle(&entry, "esm", "es2022", staging)?)?;

    let style = style(&root.join(STYLE), &staging.join("style"), assets)?;
    let css = assets.publish("console", "css", &style)?;
    let pages = self::style(&root.join(PAGES_STYLE), &staging.join("pages-style"), assets)?;
    let pages = assets.publish("console-pages", "css", &pages)?;
    later.insert("style of pages".to_owned(), pages.size);

    let mut addresses = BTreeMap::from([
        ("js".to_owned(), js.url.clone()),
        ("wasm".to_owned(), wasm.url.clone()),
        ("css".to_owned(), css.url.clone()),
        ("pages".to_owned(), pages.url),
    ]);
    for file in files_below(&root.join(PUBLIC))? {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let extension = file.extension().unwrap_or_default().to_string_lossy().into_owned();
        let published = assets.publish(&stem, &extension, &fs::read(&file)?)?;
        addresses.insert(format!("asset:{stem}.{extension}"), published.url);
    }
    let template = fs::read_to_string(root.join(PAGE)).with_context(|| format!("cannot read {PAGE}"))?;
    let page = fill(&template, &addresses).with_context(|| format!("{PAGE} is not a valid template"))?;
    let html = assets.write_compressed("console.html", page.as_bytes())?;
    // Under a name that stays: browsers look there for a newer one.
    let worker = bindgen::bundle(&root.join(SERVICE_WORKER), "iife", "es2022", staging)?;
    let worker = String::from_utf8(worker).context("the service worker is not UTF-8")?;
    let icon = addresses.get("asset:favicon.svg").context("there is no favicon.svg")?;
    let worker = worker.replace(ICON_PLACEHOLDER, icon).into_bytes();
    assets.write_compressed("service-worker.js", &worker)?;

    Ok(Made {
        console: Some(ConsoleFiles { html: "console.html".to_owned(), js: js.url, wasm: wasm.url, css: css.url }),
        widget: None,
        sizes: BTreeMap::from([
            ("page".to_owned(), html),
            ("style".to_owned(), css.size),
            ("glue".to_owned(), js.size),
            ("wasm".to_owned(), wasm.size),
        ]),
        later,
    })
}

/// Bundles the style; the pictures and fonts that it names become assets too.
fn style(entry: &Path, out: &Path, assets: &mut Assets) -> Result<Vec<u8>> {
    let mut esbuild = node::esbuild()?;
    esbuild.arg(entry).args(["--bundle", "--minify", "--charset=utf8", "--legal-comments=none", "--log-level=warning"]);
    esbuild.args([
        "--target=es2022,chrome111,firefox113,safari16.4",
        "--public-path=/assets",
        "--asset-names=[name]-[hash]",
    ]);
    esbuild.args(["svg", "png", "webp", "woff2"].map(|kind| format!("--loader:.{kind}=file")));
    esbuild.arg(format!("--outdir={}", out.display()));
    exec::quiet(&mut esbuild)?;

    let mut css = None;
    for file in files_below(out)? {
        let content = fs::read(&file)?;
        if file.extension().is_some_and(|extension| extension == "css") {
            css = Some(content);
        } else {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            assets.write_compressed(&format!("assets/{name}"), &content)?;
        }
    }
    css.context("esbuild wrote no style")
}

/// Replaces every `{{name}}` in the template by its address.
fn fill(template: &str, addresses: &BTreeMap<String, String>) -> Result<String> {
    let mut page = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").context("a `{{` without `}}`")?;
        let name = name.trim();
        let Some(address) = addresses.get(name) else {
            let known: Vec<&str> = addresses.keys().map(String::as_str).collect();
            bail!("unknown placeholder {{{{{name}}}}}; there are: {}", known.join(", "));
        };
        page.push_str(before);
        page.push_str(address);
        rest = after;
    }
    page.push_str(rest);
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::fill;
    use std::collections::BTreeMap;

    #[test]
    fn placeholders_become_addresses_and_unknown_ones_are_refused() {
        let addresses = BTreeMap::from([("js".to_owned(), "/assets/a.js".to_owned())]);
        let page = fill("<script src=\"{{js}}\"></script>{{ js }}", &addresses).unwrap();
        assert_eq!(page, "<script src=\"/assets/a.js\"></script>/assets/a.js");
        let error = fill("{{jss}}", &addresses).unwrap_err().to_string();
        assert!(error.contains("{{jss}}"), "{error}");
        fill("{{js", &addresses).unwrap_err();
    }
}

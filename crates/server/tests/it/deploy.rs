//! What is deployed fits the program: settings that exist, files that the tools of this machine accept.

use serde_json::Value;
use server::config;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

const FILES: [&str; 4] = ["Dockerfile", "compose.yml", "systemd/parlor.service", "systemd/parlor-run"];

fn deploy() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../deploy")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(deploy().join(file)).unwrap()
}

/// The variable of every setting, from the sample.
fn variables() -> BTreeSet<String> {
    let mut section = String::new();
    let mut found = BTreeSet::new();
    for line in config::DEFAULTS.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = format!("{}__", name.replace('.', "__"));
        } else if let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            found.insert(format!("PARLOR_{section}{key}").to_uppercase());
        }
    }
    found
}

#[test]
fn every_setting_that_is_deployed_exists() {
    let known = variables();
    assert!(known.contains("PARLOR_CODES__SMTP__HOST") && known.len() > 30, "{known:?}");
    let mut named = 0;
    for file in FILES {
        let text = read(file);
        for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
            let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            // `${PARLOR_…}` is what the operator writes into .env.
            for word in words.filter(|word| word.starts_with("PARLOR_") && !line.contains(&format!("${{{word}"))) {
                named += 1;
                assert!(known.contains(word) || read(".env.example").contains(&format!("{word}=")), "{file}: {word}");
            }
        }
    }
    assert!(named >= 8, "{named}");
}

#[test]
fn what_the_compose_file_asks_for_is_in_the_example() {
    let (compose, example) = (read("compose.yml"), read(".env.example"));
    let asked: BTreeSet<&str> = compose.split("${").skip(1).filter_map(|rest| rest.split(':').next()).collect();
    let offered: BTreeSet<&str> =
        example.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split('=').next()).collect();
    assert_eq!(asked, offered);
}

/// The compose file as Docker would start it is a valid configuration of ours.
#[tokio::test]
async fn the_environment_of_the_compose_file_is_a_valid_configuration() {
    use crate::program::{parlor, run, said};
    let compose = read("compose.yml");
    let service = compose.split("\n  postgres:\n").next().unwrap();
    let (_, service) = service.split_once("\n    environment:\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut settings = vec![("PARLOR_DATA_DIR".to_owned(), folder.path().to_str().unwrap().to_owned())];
    for line in service.lines().map(str::trim) {
        let Some((name, value)) = line.split_once(": ").filter(|(name, _)| name.starts_with("PARLOR_")) else {
            continue;
        };
        let value = value.trim_matches(['\'', '"']);
        let filled = match name {
            "PARLOR_PUBLIC_URL" => "https://chat.example.com".to_owned(),
            "PARLOR_METRICS__TOKEN" => "sixteen characters".to_owned(),
            // There is no such database here; that it is one is checked by the compose file's own test on Docker.
            "PARLOR_DATABASE__URL" => String::new(),
            // What `.env` leaves out has the default that stands here.
            _ => match value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')?.split_once(":-")) {
                Some((_, default)) => default.to_owned(),
                None => value.to_owned(),
            },
        };
        settings.push((name.to_owned(), filled));
    }
    assert!(settings.len() >= 6, "{settings:?}");
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let output = run(parlor(&settings, &["doctor", "--offline", "--json"]), "").await;
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["findings"][0]["grade"], "ok", "{}", said(&output));
}

#[test]
fn the_image_runs_as_nobody_and_knows_when_it_is_well() {
    let text = read("Dockerfile");
    let last = text.rsplit("\nFROM ").next().unwrap();
    for needed in
        ["\nUSER 10001:10001\n", "\nHEALTHCHECK ", "CMD [\"parlor\", \"health\"]", "\nENTRYPOINT [\"parlor\"]"]
    {
        assert!(last.contains(needed), "{needed}");
    }
    assert!(text.contains("cargo xtask dist"), "the image is built as everything else is");
    // The history is not sent along, so the commit has to be said, and before what is told of it is compiled.
    let (before, after) = text.split_once("\nARG PARLOR_COMMIT\n").expect("the commit can be said");
    assert!(before.contains("\nCOPY . .\n") && after.contains("cargo xtask dist"));
    assert!(read("compose.yml").contains("PARLOR_COMMIT: ${PARLOR_COMMIT:-}"));
    let kept_out = read("../.dockerignore");
    // The history, and what the operator wrote into `deploy/.env`.
    for pattern in [".git", "**/.env"] {
        assert!(kept_out.lines().any(|line| line == pattern), "{pattern} is sent along");
    }
}

/// Whether a program of this machine can be asked.
fn answers(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

#[test]
fn docker_accepts_the_compose_file() {
    if !answers("docker", &["compose", "version"]) {
        println!("skipped: there is no docker compose here");
        return;
    }
    let values = [
        ("PARLOR_PUBLIC_URL", "https://chat.example.com"),
        ("POSTGRES_PASSWORD", "letters"),
        ("PARLOR_METRICS_TOKEN", "sixteen characters"),
        ("GRAFANA_PASSWORD", "letters"),
    ];
    let mut docker = Command::new("docker");
    docker
        .args(["compose", "--profile", "monitoring", "--profile", "bucket", "--profile", "scaled", "-f"])
        .arg(deploy().join("compose.yml"))
        .args(["config", "--quiet"]);
    let output = docker.envs(values).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A folder with a program that does what the script says, and a `PATH` on which it is found before the real one. It is there
/// until the folder is dropped.
fn in_place_of(program: &str, script: &str) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(program);
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    (folder, path)
}

#[test]
fn the_redis_of_the_compose_file_does_not_start_without_a_password() {
    let compose = read("compose.yml");
    let (_, service) = compose.split_once("\n  redis:\n").unwrap();
    let lines = service.lines().skip_while(|line| line.trim() != "- |").skip(1);
    let script: Vec<&str> = lines.take_while(|line| line.starts_with("        ")).collect();
    let script = script.join("\n").replace("$$", "$");
    // In place of the image's own: it shows the configuration that Redis would get, and how it would be started.
    let (_folder, path) = in_place_of("docker-entrypoint.sh", "echo \"$@\"\ncat");
    let start = |password: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).env("PATH", &path).env("REDIS_PASSWORD", password).output().unwrap()
    };
    let started = start("letters");
    let said = String::from_utf8_lossy(&started.stdout).into_owned();
    assert!(said.starts_with("redis-server - ") && said.ends_with("\nrequirepass letters\n"), "{said}");
    assert!(!start("").status.success(), "whoever can publish there is believed");
}

/// A user that exists only while the server runs can read nothing in `/etc` that holds a password.
#[test]
fn systemd_hands_the_configuration_over() {
    let text = read("systemd/parlor.service");
    let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    assert_eq!(value("DynamicUser"), Some("yes"));
    let (credential, file) = value("LoadCredential").and_then(|value| value.split_once(':')).expect("a credential");
    assert_eq!(file, "/etc/parlor/parlor.toml");
    let command = value("ExecStart").unwrap();
    assert!(command.ends_with(&format!(" --config %d/{credential}")), "{command}");
    assert!(!command.contains("/etc/") && value("ConfigurationDirectory").is_none(), "its own user cannot read those");
}

/// How settings of the unit begin that say who a command is, where it works and with what; the others confine it.
const SHARED: [&str; 13] = [
    "User",
    "Group",
    "SupplementaryGroups",
    "DynamicUser",
    "StateDirectory",
    "CacheDirectory",
    "WorkingDirectory",
    "Environment",
    "PassEnvironment",
    "LoadCredential",
    "SetCredential",
    "UMask",
    "LimitNOFILE",
];

#[test]
fn a_command_runs_as_the_service_does() {
    let unit = read("systemd/parlor.service");
    let (_folder, path) = in_place_of("systemd-run", "printf '%s\\n' \"$@\"");
    let arguments = ["admin", "list-agents", "--organisation", "$x 客厅 ${HOME}"];
    let script = deploy().join("systemd/parlor-run");
    let output = Command::new("sh").arg(script).args(arguments).env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).unwrap();

    let wanted: BTreeSet<&str> =
        unit.lines().filter(|line| SHARED.iter().any(|setting| line.starts_with(setting))).collect();
    let given: BTreeSet<&str> = told.lines().filter_map(|word| word.strip_prefix("--property=")).collect();
    assert_eq!(given, wanted);
    for needed in ["User=", "DynamicUser=", "StateDirectory=", "Environment=", "LoadCredential="] {
        assert!(given.iter().any(|setting| setting.starts_with(needed)), "{needed}");
    }

    // The folder is the one that systemd makes for both, so names without a folder are found and written there.
    let folder = given.iter().find_map(|setting| setting.strip_prefix("StateDirectory=")).unwrap();
    assert!(given.contains(format!("Environment=PARLOR_DATA_DIR=/var/lib/{folder}").as_str()), "{given:?}");
    assert!(told.lines().any(|word| word == format!("--working-directory=/var/lib/{folder}")), "{told}");

    // On a command line of systemd-run there is no `%d`, but what it stands for; and `$$` is a dollar sign.
    let started = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let started = started.replace("%d", "${CREDENTIALS_DIRECTORY}");
    let arguments = arguments.map(|argument| argument.replace('$', "$$"));
    let expected: Vec<&str> = started.split(' ').chain(arguments.iter().map(String::as_str)).collect();
    let command: Vec<&str> = told.lines().skip_while(|word| word.starts_with('-')).collect();
    assert_eq!(command, expected);
}

#[test]
fn the_operators_page_gives_commands_as_the_service() {
    let page = read("../docs/operations.md");
    assert!(page.contains("(../deploy/systemd/parlor-run)"));
    for command in ["\nparlor-run backup ", "\nparlor-run restore ", "`parlor-run <command>`"] {
        assert!(page.contains(command), "{command}");
    }
}

#[test]
fn systemd_accepts_the_unit_and_finds_it_well_confined() {
    if !answers("systemd-analyze", &["--version"]) {
        println!("skipped: there is no systemd-analyze here");
        return;
    }
    // The binary that the unit starts is put where the check finds it.
    let folder = tempfile::tempdir().unwrap();
    let binary = env!("CARGO_BIN_EXE_parlor");
    let unit = folder.path().join("parlor.service");
    std::fs::write(&unit, read("systemd/parlor.service").replace("/usr/local/bin/parlor", binary)).unwrap();
    let verify = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&unit).output().unwrap();
    let said = String::from_utf8_lossy(&verify.stderr).into_owned();
    let about_ours: Vec<&str> = said.lines().filter(|line| line.contains("parlor.service")).collect();
    assert!(verify.status.success() && about_ours.is_empty(), "{said}");

    let mut analyze = Command::new("systemd-analyze");
    let security =
        analyze.args(["security", "--offline=true", "--threshold=25", "--no-pager"]).arg(&unit).output().unwrap();
    let told = String::from_utf8_lossy(&security.stdout).into_owned();
    assert!(security.status.success(), "more than 2.5 of 10 exposed: {told}");
}

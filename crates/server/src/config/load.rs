//! Reads the settings from their three places.

use super::check::{Setting, collect};
use super::{Config, ConfigError};
use std::path::Path;

/// The compiled-in defaults, which are also the documentation and the sample.
pub const DEFAULTS: &str = include_str!("../../parlor.default.toml");

/// What all our variables begin with.
const PREFIX: &str = "PARLOR_";

/// Variables with our prefix that are not settings: they speak to the tests, to the tools and to the command line.
const NOT_SETTINGS: [&str; 4] = ["PARLOR_TEST_", "PARLOR_SERVER_BIN", "PARLOR_CHROMIUM", "PARLOR_CONFIG"];

/// The settings, and what looked like one but is none.
#[derive(Debug)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// Variables with our prefix that no setting has. Worth a warning, not a refusal: an environment is shared.
    pub ignored: Vec<String>,
}

/// The settings from the defaults, the file (if any) and the environment.
///
/// # Errors
/// Every setting that is wrong, each named with the place that it came from.
pub fn load(file: Option<&Path>) -> Result<Loaded, ConfigError> {
    let env =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let settings = env.filter_map(|(name, value)| {
        let ours = name.starts_with(PREFIX) && !NOT_SETTINGS.iter().any(|other| name.starts_with(other));
        let key = name.strip_prefix(PREFIX).filter(|_| ours)?.to_ascii_lowercase().replace("__", ".");
        Some(Setting { key, value, origin: name })
    });
    collect(DEFAULTS, file, settings.collect())
}

#[cfg(test)]
#[expect(clippy::result_large_err, reason = "the error type of figment's jail")]
mod tests {
    use super::*;
    use figment::Jail;
    use secrecy::ExposeSecret;

    #[test]
    fn the_defaults_are_a_valid_configuration() {
        Jail::expect_with(|_| {
            let config = load(None).map_err(|error| error.to_string())?.config;
            assert_eq!(config.listen.port(), 8080);
            assert_eq!(config.registration.challenge_bits, 16);
            Ok(())
        });
    }

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
        Jail::expect_with(|jail| {
            jail.create_file("parlor.toml", "listen = \"127.0.0.1:1\"\n[codes.smtp]\nport = 25\n")?;
            jail.set_env("PARLOR_LISTEN", "127.0.0.1:2");
            jail.set_env("PARLOR_DATABASE__WRITE_QUEUE", "7");
            jail.set_env("PARLOR_TEST_POSTGRES_URL", "postgres://nobody");
            let config = load(Some(Path::new("parlor.toml"))).map_err(|error| error.to_string())?.config;
            assert_eq!(config.listen.port(), 2);
            assert_eq!(config.codes.smtp.port, 25);
            assert_eq!(config.database.write_queue, 7);
            assert_eq!(config.database.write_batch, 256);
            Ok(())
        });
    }

    #[test]
    fn every_wrong_setting_is_named_at_once() {
        Jail::expect_with(|jail| {
            jail.create_file(
                "parlor.toml",
                "listen = \"nowhere\"\npublic_url = \"ftp://x\"\ncolour = 1\n[codes]\nsender = \"pigeon\"\n[limits]\nrequests_per_minute = 0\n",
            )?;
            let text = load(Some(Path::new("parlor.toml"))).unwrap_err().to_string();
            for fault in [
                "listen: ",
                "(parlor.toml:1)",
                "public_url: must be like https://chat.example.com, without a path (parlor.toml:2)",
                "colour: is not a setting (parlor.toml:3)",
                "codes.sender: ",
                "(parlor.toml:5)",
                "limits.requests_per_minute: must be at least 1 (parlor.toml:7)",
            ] {
                assert!(text.contains(fault), "{fault} is missing in: {text}");
            }
            Ok(())
        });
    }

    #[test]
    fn a_sender_needs_its_own_settings() {
        Jail::expect_with(|jail| {
            jail.set_env("PARLOR_CODES__SENDER", "email");
            let text = load(None).unwrap_err().to_string();
            assert!(text.contains("codes.smtp.host") && text.contains("codes.smtp.from"), "{text}");
            jail.set_env("PARLOR_CODES__SENDER", "webhook");
            let text = load(None).unwrap_err().to_string();
            assert!(text.contains("codes.webhook.url") && text.contains("codes.webhook.secret"), "{text}");
            Ok(())
        });
    }

    #[test]
    fn a_text_of_digits_in_the_environment_stays_a_text() {
        Jail::expect_with(|jail| {
            jail.set_env("PARLOR_CODES__SMTP__PASSWORD", "007");
            jail.set_env("PARLOR_COLOUR", "red");
            let loaded = load(None).map_err(|error| error.to_string())?;
            assert_eq!(loaded.config.codes.smtp.password.expose_secret(), "007");
            assert_eq!(loaded.ignored, ["PARLOR_COLOUR"]);
            Ok(())
        });
    }

    #[test]
    fn a_misspelt_setting_is_refused_with_the_one_that_was_meant() {
        Jail::expect_with(|jail| {
            jail.create_file("parlor.toml", "[database]\nread_conections = 4\n")?;
            jail.set_env("PARLOR_TRUSTED_PROXY", "[]");
            // What Kubernetes sets for a service called parlor.
            jail.set_env("PARLOR_PORT_80_TCP_ADDR", "10.0.0.1");
            let text = load(Some(Path::new("parlor.toml"))).unwrap_err().to_string();
            for fault in [
                "database.read_conections: is not a setting; did you mean database.read_connections? (parlor.toml:2)",
                "PARLOR_TRUSTED_PROXY: is not a setting; did you mean PARLOR_TRUSTED_PROXIES? (environment)",
            ] {
                assert!(text.contains(fault), "{fault} is missing in: {text}");
            }
            assert!(!text.contains("TCP_ADDR"), "{text}");
            Ok(())
        });
    }

    #[test]
    fn metrics_for_other_machines_need_a_token() {
        Jail::expect_with(|jail| {
            jail.set_env("PARLOR_METRICS__LISTEN", "0.0.0.0:9464");
            let text = load(None).unwrap_err().to_string();
            assert!(text.contains("metrics.listen: must be") && text.contains("(PARLOR_METRICS__LISTEN)"), "{text}");
            jail.set_env("PARLOR_METRICS__TOKEN", "sixteen characters");
            load(None).map_err(|error| error.to_string())?;
            Ok(())
        });
    }

    #[test]
    fn a_wrong_secret_is_not_repeated() {
        Jail::expect_with(|jail| {
            jail.create_file("parlor.toml", "secret_key = 987654321\n[metrics]\ntoken = \"tooshort\"\n")?;
            let text = load(Some(Path::new("parlor.toml"))).unwrap_err().to_string();
            assert!(text.contains("secret_key: must be a text") && text.contains("metrics.token"), "{text}");
            assert!(!text.contains("987654321") && !text.contains("tooshort"), "{text}");
            Ok(())
        });
    }

    #[test]
    fn the_sample_explains_every_setting() {
        let lines: Vec<&str> = DEFAULTS.lines().collect();
        let mut settings = 0;
        for pair in lines.windows(2) {
            let [before, line] = pair else { unreachable!("windows of two") };
            if !line.starts_with(['#', '[']) && !line.is_empty() {
                settings += 1;
                assert!(before.starts_with("# "), "nothing explains `{line}`");
            }
        }
        assert!(settings > 30, "{settings}");
    }

    #[test]
    fn a_missing_file_is_said_so() {
        let text = load(Some(Path::new("no-such-file.toml"))).unwrap_err().to_string();
        assert!(text.contains("no such file"), "{text}");
    }
}

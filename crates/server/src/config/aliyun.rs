//! Aliyun's short message service.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// Aliyun's short message service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AliyunConfig {
    /// Where it is called.
    pub url: String,
    /// The key's id.
    pub access_key_id: String,
    /// The key.
    pub access_key_secret: SecretString,
    /// The approved name in front of messages.
    pub sign_name: String,
    /// The approved template.
    pub template_code: String,
    /// The template's one parameter, which takes the code.
    pub template_parameter: String,
    /// Seconds until giving up.
    pub timeout_seconds: u64,
    /// Whether the URL may lead into private networks.
    pub allow_private: bool,
}

impl AliyunConfig {
    /// What must be so where codes are sent by it: whether it is, the setting, and what to say.
    pub(super) fn needs(&self) -> [(bool, &'static str, &'static str); 7] {
        let is_url = reqwest::Url::parse(&self.url).is_ok_and(|url| {
            // The codes go there: only to this machine itself in the clear, which is for tests.
            url.scheme() == "https" || (url.scheme() == "http" && self.allow_private)
        });
        let is_given = |text: &str| !text.trim().is_empty();
        [
            (is_url, "codes.aliyun.url", "must be an https address"),
            (is_given(&self.access_key_id), "codes.aliyun.access_key_id", "is needed by the aliyun sender"),
            (
                is_given(self.access_key_secret.expose_secret()),
                "codes.aliyun.access_key_secret",
                "is needed by the aliyun sender",
            ),
            (is_given(&self.sign_name), "codes.aliyun.sign_name", "is needed by the aliyun sender"),
            (is_given(&self.template_code), "codes.aliyun.template_code", "is needed by the aliyun sender"),
            (is_given(&self.template_parameter), "codes.aliyun.template_parameter", "is needed by the aliyun sender"),
            ((1..=120).contains(&self.timeout_seconds), "codes.aliyun.timeout_seconds", "must be from 1 to 120"),
        ]
    }
}

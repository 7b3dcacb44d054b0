//! Text messages through Aliyun: `SendSms` of its short message service, version 2017-05-25, called in the style that it calls RPC
//! and signed with HMAC-SHA1, signature version 1.0.
//!
//! <https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms> and
//! <https://help.aliyun.com/zh/sdk/product-overview/rpc-mechanism>.

use crate::auth::signing::sha256;
use crate::config::AliyunConfig;
use crate::outgoing;
use crate::senders::{CodeMessage, SendError, knock};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{Client, Url, header};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;
use types::time::Timestamp;

/// Delivers by text message.
#[derive(Debug)]
pub struct AliyunSender {
    client: Client,
    url: Url,
    access_key_id: String,
    access_key_secret: SecretString,
    sign_name: String,
    template_code: String,
    template_parameter: String,
    timeout: Duration,
    allow_private: bool,
}

/// What it answers. Its `Message` is left unread: of a wrong signature it repeats what was signed, the code included.
#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(rename = "Code")]
    code: String,
}

impl AliyunSender {
    pub(super) fn new(config: &AliyunConfig) -> Result<Self, SendError> {
        let url: Url = config.url.parse()?;
        if !config.allow_private {
            outgoing::check_url(&url)?;
        }
        let timeout = Duration::from_secs(config.timeout_seconds);
        Ok(Self {
            client: outgoing::client(timeout, config.allow_private)?,
            url,
            access_key_id: config.access_key_id.clone(),
            access_key_secret: config.access_key_secret.clone(),
            sign_name: config.sign_name.clone(),
            template_code: config.template_code.clone(),
            template_parameter: config.template_parameter.clone(),
            timeout,
            allow_private: config.allow_private,
        })
    }

    /// Connects and hangs up: every call of the service that is answered costs money or needs more rights.
    pub(super) async fn probe(&self) -> Result<(), SendError> {
        knock(&self.url, self.timeout, self.allow_private).await
    }

    pub(super) async fn send(&self, message: &CodeMessage) -> Result<(), SendError> {
        // In the body and not in the address, which others on the way may log.
        let body = self.form(message)?;
        let request = self.client.post(self.url.clone());
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        let answer = request.send().await.map_err(reqwest::Error::without_url)?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(reqwest::Error::without_url)?;
        let Ok(Answer { code }) = serde_json::from_slice(&body) else {
            return Err(format!("Aliyun answered {status} with something that is no answer of its").into());
        };
        if status.is_success() && code == "OK" { Ok(()) } else { Err(Refused::new(code).into()) }
    }

    /// The signed parameters.
    fn form(&self, message: &CodeMessage) -> Result<String, SendError> {
        let code = serde_json::to_string(&BTreeMap::from([(&self.template_parameter, &message.code)]))?;
        // Random enough: nobody can tell it beforehand who does not know the code, and no two are the same.
        let said = format!("{}:{}:{}", message.mobile, message.code, message.sent_at.0);
        let nonce = hex::encode(sha256(said.as_bytes()));
        let parameters = [
            ("AccessKeyId", self.access_key_id.as_str()),
            ("Action", "SendSms"),
            ("Format", "JSON"),
            ("PhoneNumbers", &message.mobile),
            ("SignName", &self.sign_name),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureNonce", nonce.get(..32).unwrap_or(&nonce)),
            ("SignatureVersion", "1.0"),
            ("TemplateCode", &self.template_code),
            ("TemplateParam", &code),
            ("Timestamp", &seconds(message.sent_at)),
            ("Version", "2017-05-25"),
        ];
        let query = canonical(&parameters);
        let signature = signature("POST", &query, self.access_key_secret.expose_secret());
        Ok(format!("{query}&Signature={}", encoded(&signature)))
    }
}

/// Aliyun has refused a message.
#[derive(Debug, thiserror::Error)]
#[error("Aliyun refused the message: {code} ({meaning})")]
struct Refused {
    code: String,
    meaning: &'static str,
}

impl Refused {
    fn new(code: String) -> Self {
        let meaning = match code.as_str() {
            "SignatureDoesNotMatch" => "codes.aliyun.access_key_secret is not the key's",
            "InvalidAccessKeyId.NotFound" | "InvalidAccessKeyId.Inactive" | "MissingAccessKeyId" => {
                "there is no such codes.aliyun.access_key_id, or it is switched off"
            }
            "InvalidTimeStamp.Expired" | "InvalidTimeStamp.Format" => "the clock of this machine is wrong",
            "Forbidden.RAM" | "isp.RAM_PERMISSION_DENY" => "the key may not send: it needs the right dysms:SendSms",
            "isv.SMS_SIGNATURE_ILLEGAL" | "isv.SMS_SIGN_ILLEGAL" | "isv.SIGN_NAME_ILLEGAL" => {
                "codes.aliyun.sign_name is not one that Aliyun has approved"
            }
            "isv.SMS_TEMPLATE_ILLEGAL" | "isv.TEMPLATE_MISSING_PARAMETERS" | "isv.TEMPLATE_PARAMS_ILLEGAL" => {
                "codes.aliyun.template_code is not approved, or has not the parameter codes.aliyun.template_parameter alone"
            }
            "isv.BUSINESS_LIMIT_CONTROL" | "isv.DAY_LIMIT_CONTROL" | "isv.MONTH_LIMIT_CONTROL" => {
                "too many messages: to this number, or of your account"
            }
            "isv.AMOUNT_NOT_ENOUGH" | "isv.OUT_OF_SERVICE" | "isv.ACCOUNT_ABNORMAL" => {
                "your account there is not in order"
            }
            "isv.MOBILE_NUMBER_ILLEGAL" | "isv.MOBILE_COUNT_OVER_LIMIT" => "the number takes no messages",
            "Throttling" | "Throttling.User" | "Throttling.Api" => "too many requests at once",
            _ => "see its list of error codes",
        };
        // Nothing but a code goes into the log.
        let code = code.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_')).take(64).collect();
        Self { code, meaning }
    }
}

/// The moment as it wants it: in UTC, without fractions.
fn seconds(at: Timestamp) -> String {
    let whole = Timestamp(at.0.div_euclid(1000).saturating_mul(1000)).to_string();
    format!("{}Z", whole.get(..19).unwrap_or(&whole))
}

/// The parameters in the order of their names, encoded: what is signed, and what is sent.
fn canonical(parameters: &[(&str, &str)]) -> String {
    let sorted: BTreeMap<&str, &str> = parameters.iter().copied().collect();
    let pairs: Vec<String> =
        sorted.into_iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&")
}

/// The signature of a canonical query, in base64.
fn signature(method: &str, query: &str, secret: &str) -> String {
    let signed = format!("{method}&{}&{}", encoded("/"), encoded(query));
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, format!("{secret}&").as_bytes());
    STANDARD.encode(hmac::sign(&key, signed.as_bytes()))
}

/// Percent-encoded as RFC 3986 has it: everything but its unreserved characters.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex::encode_upper([byte]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_signature_mechanism_comes_out() {
        let query = canonical(&[
            ("Version", "2014-05-26"),
            ("Timestamp", "2016-02-23T12:46:24Z"),
            ("Format", "XML"),
            ("AccessKeyId", "testid"),
            ("Action", "DescribeRegions"),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureNonce", "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf"),
            ("SignatureVersion", "1.0"),
        ]);
        assert_eq!(signature("GET", &query, "testsecret"), "OLeaidS1JvxuMvnyHOwuJ+uX5qY=");
    }

    #[test]
    fn the_example_of_send_sms_comes_out() {
        let query = canonical(&[
            ("AccessKeyId", "testId"),
            ("Timestamp", "2017-07-12T02:42:19Z"),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureVersion", "1.0"),
            ("SignatureNonce", "45e25e9b-0a6f-4070-8c85-2956eda1b466"),
            ("Format", "XML"),
            ("Action", "SendSms"),
            ("Version", "2017-05-25"),
            ("RegionId", "cn-hangzhou"),
            ("PhoneNumbers", "15300000001"),
            ("SignName", "阿里云短信测试专用"),
            ("TemplateParam", r#"{"customer":"test"}"#),
            ("TemplateCode", "SMS_71390007"),
            ("OutId", "123"),
        ]);
        assert_eq!(signature("GET", &query, "testSecret"), "zJDF+Lrzhj/ThnlvIToysFRq6t4=");
    }

    #[test]
    fn what_is_no_letter_and_no_digit_is_encoded() {
        assert_eq!(encoded("a b+*~/中"), "a%20b%2B%2A~%2F%E4%B8%AD");
        assert_eq!(seconds(Timestamp(1_499_827_339_999)), "2017-07-12T02:42:19Z");
    }

    #[test]
    fn a_refusal_says_what_to_look_at_and_nothing_that_was_sent() {
        let known = Refused::new("SignatureDoesNotMatch".to_owned()).to_string();
        assert!(known.contains("access_key_secret"), "{known}");
        let strange = Refused::new("isv.\n13800138000 {}".to_owned()).to_string();
        assert!(!strange.contains('\n') && !strange.contains('{'), "{strange}");
    }
}

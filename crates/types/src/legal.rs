//! The legal pages.

use serde::{Deserialize, Serialize};

/// Which legal page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LegalPage {
    /// 用户协议
    UserAgreement,
    /// 服务协议
    ServiceAgreement,
    /// 隐私政策
    PrivacyPolicy,
}

impl LegalPage {
    /// Every page.
    pub const ALL: [Self; 3] = [Self::UserAgreement, Self::ServiceAgreement, Self::PrivacyPolicy];

    /// The page's name in paths and file names.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UserAgreement => "user-agreement",
            Self::ServiceAgreement => "service-agreement",
            Self::PrivacyPolicy => "privacy-policy",
        }
    }
}

/// A legal page, rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LegalText {
    /// Its title: the text's first heading.
    pub title: String,
    /// Its body as safe HTML: what Markdown can say, no raw HTML, no scripts.
    pub html: String,
}

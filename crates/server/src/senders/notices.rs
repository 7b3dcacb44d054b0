//! What owners of accounts are told by email: that something has happened to their account which they should know if it was not them.

/// Something that has happened to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// A new password was set by a code.
    PasswordReset,
    /// The email address or the mobile number is another one.
    AddressChanged,
    /// The second factor was turned on.
    SecondFactorOn,
    /// The second factor was turned off, by oneself or by an admin.
    SecondFactorOff,
    /// A recovery code was used.
    RecoveryCodeUsed,
}

impl Notice {
    /// What happened, in both languages.
    fn said(self) -> (&'static str, &'static str) {
        match self {
            Self::PasswordReset => (
                "密码已通过验证码重置，所有设备均已退出登录",
                "The password was reset by a code, and every device was signed out",
            ),
            Self::AddressChanged => ("邮箱或手机号已修改", "The email address or the mobile number was changed"),
            Self::SecondFactorOn => ("两步验证已开启", "Two-step verification was turned on"),
            Self::SecondFactorOff => ("两步验证已关闭", "Two-step verification was turned off"),
            Self::RecoveryCodeUsed => ("使用了一个恢复码", "A recovery code was used"),
        }
    }

    pub(super) fn subject(self) -> String {
        let (chinese, english) = self.said();
        format!("{chinese} · {english}")
    }

    pub(super) fn text(self, account: &str) -> String {
        let (chinese, english) = self.said();
        format!(
            "账号 {account}：{chinese}。\n如非本人操作，请立即重置密码并联系管理员。\n\n\
             Account {account}: {english}.\nIf this was not you, reset your password at once and tell your administrator.\n"
        )
    }
}

//! How texts are declared and used.

/// Declares texts: `name = "中文", "English";`, or with arguments `name(count: i64) = "{count} 条", "{count} items";`. Where
/// English differs for one, that comes first: `name(count: i64) = "{count} 条", "{count} item" | "{count} items";`; the count is
/// the only argument.
macro_rules! texts {
    ($($name:ident $(($($argument:ident: $kind:ty),+))? = $zh:literal, $en:literal $(| $many:literal)?;)+) => {
        impl $crate::i18n::Lang {
            $($crate::i18n::texts!(@row $name $(($($argument: $kind),+))? = $zh, $en $(| $many)?);)+
        }
    };
    (@row $name:ident($count:ident: $kind:ty) = $zh:literal, $one:literal | $many:literal) => {
        #[doc = concat!("`", $zh, "`, `", $one, "`, `", $many, "`.")]
        pub fn $name(self, $count: $kind) -> String {
            match self {
                Self::Zh => format!($zh),
                Self::En if $count == 1 => format!($one),
                Self::En => format!($many),
            }
        }
    };
    (@row $name:ident = $zh:literal, $en:literal) => {
        #[doc = concat!("`", $zh, "`, `", $en, "`.")]
        pub fn $name(self) -> &'static str {
            match self {
                Self::Zh => $zh,
                Self::En => $en,
            }
        }
    };
    (@row $name:ident($($argument:ident: $kind:ty),+) = $zh:literal, $en:literal) => {
        #[doc = concat!("`", $zh, "`, `", $en, "`.")]
        pub fn $name(self, $($argument: $kind),+) -> String {
            match self {
                Self::Zh => format!($zh),
                Self::En => format!($en),
            }
        }
    };
}
pub(crate) use texts;

/// A text that follows the language: `t!(sign_in)`, `t!(sign_out_device(name.get()))`. A closure, for views and props.
macro_rules! t {
    ($name:ident) => {
        (move || $crate::i18n::lang().$name())
    };
    ($name:ident($($argument:expr),+)) => {
        (move || $crate::i18n::lang().$name($($argument),+))
    };
}
pub(crate) use t;

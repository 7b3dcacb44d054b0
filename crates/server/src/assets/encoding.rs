//! Which precompressed variant a browser takes.

use actix_web::http::header::{self, HeaderMap};

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Brotli.
    Brotli,
    /// Gzip.
    Gzip,
    /// Not at all.
    Identity,
}

impl Encoding {
    /// What the browser accepts, best first; plain is always last.
    pub(crate) fn accepted(headers: &HeaderMap) -> Vec<Self> {
        let lines = headers.get_all(header::ACCEPT_ENCODING).filter_map(|value| value.to_str().ok());
        let offers: Vec<(&str, bool)> = lines.flat_map(|line| line.split(',')).map(offer).collect();
        let takes = |name: &str| {
            let named = offers.iter().find(|(offered, _)| offered.eq_ignore_ascii_case(name));
            named.or_else(|| offers.iter().find(|(offered, _)| *offered == "*")).is_some_and(|(_, wanted)| *wanted)
        };
        let mut accepted: Vec<Self> = [Self::Brotli, Self::Gzip].into_iter().filter(|one| takes(one.name())).collect();
        accepted.push(Self::Identity);
        accepted
    }

    /// The name in `Content-Encoding`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
            Self::Identity => "identity",
        }
    }

    /// What the build appends to the name of a file that is compressed so.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }
}

/// One entry of the header: the encoding, and whether it is wanted at all (`q=0` is not).
fn offer(entry: &str) -> (&str, bool) {
    let mut parts = entry.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=")).and_then(|weight| weight.parse::<f32>().ok());
    (name, weight.is_none_or(|weight| weight > 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    fn accepted(text: &str) -> Vec<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(text).unwrap());
        Encoding::accepted(&headers).into_iter().map(Encoding::name).collect()
    }

    #[test]
    fn the_best_that_is_wanted_comes_first() {
        assert_eq!(accepted("gzip, deflate, br, zstd"), ["br", "gzip", "identity"]);
        assert_eq!(accepted("gzip;q=0.5, br;q=0"), ["gzip", "identity"]);
        assert_eq!(accepted("*"), ["br", "gzip", "identity"]);
        assert_eq!(accepted("*, br;q=0"), ["gzip", "identity"]);
        assert_eq!(accepted("BR"), ["br", "identity"]);
        assert_eq!(accepted(""), ["identity"]);
        assert_eq!(Encoding::accepted(&HeaderMap::new()), [Encoding::Identity]);
    }

    proptest! {
        #[test]
        fn whatever_is_asked_for_plain_is_always_there_and_what_is_unwanted_never(
            lines in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..4),
            weight in "0(\\.0{0,3})?",
        ) {
            let mut headers = HeaderMap::new();
            headers.append(header::ACCEPT_ENCODING, HeaderValue::from_str(&format!("br;q={weight}, gzip; q={weight}")).unwrap());
            for line in lines.iter().filter_map(|line| HeaderValue::from_bytes(line).ok()) {
                headers.append(header::ACCEPT_ENCODING, line);
            }
            // The first word on each counts.
            prop_assert_eq!(Encoding::accepted(&headers), [Encoding::Identity]);
        }
    }
}

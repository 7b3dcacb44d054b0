//! Who is told how, and what was kept.

use super::*;

const MOMENT: Moment = Moment {
    wanted: Wanted { enabled: true, sound: true, push: false, mine_only: true, quiet: None },
    receives: true,
    focused: true,
    visible: true,
    open: false,
    minute: 720,
};

#[test]
fn who_looks_is_told_by_a_card_and_who_is_elsewhere_by_the_system() {
    assert_eq!(told(MOMENT), Told { card: true, sound: true, system: false });
    assert_eq!(told(Moment { open: true, ..MOMENT }), Told::default());
    let away = Moment { focused: false, visible: false, ..MOMENT };
    assert_eq!(told(away), Told { card: false, sound: true, system: true });
    // Open, but nobody looks.
    assert_eq!(told(Moment { open: true, ..away }), Told { card: false, sound: true, system: true });
}

#[test]
fn who_wants_nothing_or_receives_nothing_is_told_nothing() {
    let off = Wanted { enabled: false, ..MOMENT.wanted };
    assert_eq!(told(Moment { wanted: off, focused: false, ..MOMENT }), Told::default());
    assert_eq!(told(Moment { receives: false, focused: false, ..MOMENT }), Told::default());
}

#[test]
fn quiet_hours_leave_the_card_only() {
    let quiet = Some((22 * 60, 7 * 60 + 30));
    let wanted = Wanted { quiet, ..MOMENT.wanted };
    let night = Moment { wanted, minute: 0, focused: false, ..MOMENT };
    assert_eq!(told(night), Told { card: true, sound: false, system: false });
}

#[test]
fn what_an_older_version_kept_is_read() {
    assert_eq!([None, Some("{}"), Some("?")].map(read_wanted), [Wanted::default(); 3]);
    let text = serde_json::to_string(&Wanted { quiet: Some((1, 2)), ..Wanted::default() }).unwrap();
    assert_eq!(read_wanted(Some(&text)).quiet, Some((1, 2)));
}

//! Messages in another language.

use crate::i18n::texts;

texts! {
    translate_message = "翻译", "Translate";
    hide_translation = "隐藏译文", "Hide translation";
    copy_translation = "复制译文", "Copy translation";
    translation = "译文", "Translation";
    translating = "正在翻译…", "Translating…";
    translated_from(language: &str) = "翻译自{language}", "Translated from {language}";
    translation_is_the_same = "译文与原文相同", "Reads the same in translation";
    hide_this = "隐藏", "Hide";
    translation_down = "翻译服务暂时不可用", "The service does not answer";
    translation_too_long = "内容过长，无法翻译", "Too long to be translated";
    translate_into = "消息翻译为", "Translate messages into";
    translate_into_interface = "与界面语言相同", "The language of the interface";
}

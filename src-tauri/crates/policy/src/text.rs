//! Words for people, in the languages of the vendors' buyers.

use std::fmt;

use domain::Timestamp;

use crate::catalogue::{self, NOW, Scope};
use crate::document::{Document, Section, Written};
use crate::facts::{Facts, Record, Value};
use crate::policy::Settings;

/// A language that policies speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English, which every text must have.
    English,
    /// Korean.
    Korean,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// Every language, the one that is never missing first.
    pub const ALL: [Self; 3] = [Self::English, Self::Korean, Self::Chinese];

    /// Its code in policy files and in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
            Self::Chinese => "zh",
        }
    }

    /// The language with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
    }

    fn choose<'w>(self, english: &'w str, korean: &'w str, chinese: &'w str) -> &'w str {
        match self {
            Self::English => english,
            Self::Korean => korean,
            Self::Chinese => chinese,
        }
    }
}

/// A finished text in every language; where a policy has none in a language, it is the English one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Localized {
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
    /// Chinese.
    pub zh: String,
}

impl Localized {
    /// The text in a language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        language.choose(&self.en, &self.ko, &self.zh)
    }

    pub(crate) fn of(make: impl Fn(Language) -> String) -> Self {
        Self {
            en: make(Language::English),
            ko: make(Language::Korean),
            zh: make(Language::Chinese),
        }
    }
}

impl fmt::Display for Localized {
    /// The English text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// A text with `{placeholders}` for facts, in every language that the policy has it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    en: Vec<Piece>,
    ko: Option<Vec<Piece>>,
    zh: Option<Vec<Piece>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Words(String),
    Fact(Slot),
}

/// What a placeholder stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Slot {
    Now,
    Setting(String),
    Record(&'static Scope, &'static str),
    /// A fact of every item, joined by commas.
    Items(&'static Scope, &'static str),
    /// A fact of the item that the rule or effect is about.
    Item(&'static str),
    /// What only the text's own place fills in, such as the code in an e-mail.
    Own(&'static str),
}

/// What placeholders of a text may name besides facts.
#[derive(Clone, Copy, Default)]
pub(crate) struct Names<'a> {
    pub(crate) settings: Option<&'a Settings>,
    pub(crate) item: Option<&'static Scope>,
    pub(crate) own: &'static [&'static str],
}

/// What placeholders are filled in with.
#[derive(Clone, Copy)]
pub(crate) struct Filling<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) settings: &'a Settings,
    pub(crate) item: Option<&'a Record>,
}

impl Template {
    /// Reads a table of languages; it tells of what is missing or wrong.
    pub(crate) fn read(section: &Section<'_, '_>, names: Names<'_>) -> Option<Self> {
        let of = |key| {
            let written = section.text(key)?;
            Some(pieces(section.document, &written, names))
        };
        section.required("en");
        let (ko, zh) = (of("ko"), of("zh"));
        Some(Self {
            en: of("en")?,
            ko,
            zh,
        })
    }

    /// Reads one text that is the same in every language: a value to be stored.
    pub(crate) fn plain(document: &Document<'_>, written: &Written<'_>, names: Names<'_>) -> Self {
        Self {
            en: pieces(document, written, names),
            ko: None,
            zh: None,
        }
    }

    /// A text in every language, without placeholders.
    pub(crate) fn of_words(words: Localized) -> Self {
        let only = |words| vec![Piece::Words(words)];
        Self {
            en: only(words.en),
            ko: Some(only(words.ko)),
            zh: Some(only(words.zh)),
        }
    }

    /// Whether the policy has the text in this language itself.
    #[must_use]
    pub fn speaks(&self, language: Language) -> bool {
        match language {
            Language::English => true,
            Language::Korean => self.ko.is_some(),
            Language::Chinese => self.zh.is_some(),
        }
    }

    /// The text with its placeholders as written, for where there is no case yet.
    #[must_use]
    pub fn as_written(&self) -> Localized {
        self.make(|_, slot| slot.to_string())
    }

    pub(crate) fn render(&self, filling: Filling<'_>) -> Localized {
        self.make(|language, slot| slot.render(language, filling))
    }

    /// Renders a text whose own placeholders stand for these.
    pub(crate) fn render_with(&self, filling: Filling<'_>, own: &[(&str, &str)]) -> Localized {
        self.make(|language, slot| match slot {
            Slot::Own(name) => {
                let value = own.iter().find(|(known, _)| known == name);
                value.map_or_else(String::new, |(_, value)| (*value).to_owned())
            }
            slot => slot.render(language, filling),
        })
    }

    fn make(&self, fill: impl Fn(Language, &Slot) -> String) -> Localized {
        Localized::of(|language| {
            let own = match language {
                Language::English => None,
                Language::Korean => self.ko.as_ref(),
                Language::Chinese => self.zh.as_ref(),
            };
            // Words around a fact stay in one language, so a fallback fills in English as well.
            let (pieces, language) =
                own.map_or((&self.en, Language::English), |own| (own, language));
            let texts = pieces.iter().map(|piece| match piece {
                Piece::Words(words) => words.clone(),
                Piece::Fact(slot) => fill(language, slot),
            });
            texts.collect()
        })
    }
}

/// Cuts a text at its placeholders; it tells of those that name nothing.
fn pieces(document: &Document<'_>, written: &Written<'_>, names: Names<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = written.value;
    while let Some((words, after)) = rest.split_once('{') {
        let offset = written.value.chars().count() - after.chars().count();
        pieces.push(Piece::Words(words.to_owned()));
        let Some((name, behind)) = after.split_once('}') else {
            document.problem_inside(written, offset - 1, "“{” has no “}”");
            return pieces;
        };
        match slot(name, names) {
            Ok(slot) => pieces.push(Piece::Fact(slot)),
            Err(reason) => document.problem_inside(written, offset, reason),
        }
        rest = behind;
    }
    pieces.push(Piece::Words(rest.to_owned()));
    pieces
}

fn slot(name: &str, names: Names<'_>) -> Result<Slot, String> {
    if let Some(own) = names.own.iter().find(|own| **own == name) {
        return Ok(Slot::Own(own));
    }
    if name == NOW {
        return Ok(Slot::Now);
    }
    let found = name.split_once('.').and_then(|(scope, field)| {
        if scope == "settings" {
            let known = names.settings?.contains_key(field);
            return known.then(|| Slot::Setting(field.to_owned()));
        }
        if let Some(item) = names.item.filter(|item| item.name == scope) {
            return Some(Slot::Item(item.field(field)?.name));
        }
        if let Some(list) = catalogue::list(scope) {
            return Some(Slot::Items(list, list.field(field)?.name));
        }
        let record = catalogue::record(scope)?;
        Some(Slot::Record(record, record.field(field)?.name))
    });
    found.ok_or_else(|| {
        let of_lists = catalogue::SCOPES.iter().flat_map(|scope| {
            let name = scope
                .list
                .filter(|_| names.item != Some(scope))
                .unwrap_or(scope.name);
            scope
                .fields
                .iter()
                .map(move |field| format!("{name}.{}", field.name))
        });
        let meant = catalogue::nearest(name, of_lists);
        let meant = meant.map(|meant| format!("; did you mean “{{{meant}}}”?"));
        format!("“{{{name}}}” names no fact{}", meant.unwrap_or_default())
    })
}

impl Slot {
    fn render(&self, language: Language, filling: Filling<'_>) -> String {
        let of = |record: Option<&Record>, name: &str| {
            say(
                language,
                record
                    .and_then(|record| record.get(name))
                    .map(|known| &known.value),
            )
        };
        match self {
            Self::Now => say(language, Some(&Value::Time(filling.facts.now()))),
            Self::Setting(name) => {
                let setting = filling.settings.get(name);
                setting.map_or_else(String::new, |setting| setting.value.say(language))
            }
            Self::Record(scope, name) => of(filling.facts.record(scope), name),
            Self::Item(name) => of(filling.item, name),
            Self::Items(scope, name) => match filling.facts.items(scope) {
                None => say(language, None),
                Some(known) if known.items.is_empty() => say(language, Some(&Value::Absent)),
                Some(known) => {
                    let values = known.items.iter().map(|item| of(Some(item), name));
                    values.collect::<Vec<_>>().join(", ")
                }
            },
            Self::Own(_) => String::new(),
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now => f.write_str("{now}"),
            Self::Setting(name) => write!(f, "{{settings.{name}}}"),
            Self::Record(scope, name) => write!(f, "{{{}.{name}}}", scope.name),
            Self::Items(scope, name) => {
                write!(f, "{{{}.{name}}}", scope.list.unwrap_or(scope.name))
            }
            Self::Item(name) | Self::Own(name) => write!(f, "{{{name}}}"),
        }
    }
}

/// A fact in a sentence; one that is not known is said to be so.
fn say(language: Language, value: Option<&Value>) -> String {
    match value {
        None => language.choose("unknown", "알 수 없음", "未知").to_owned(),
        Some(Value::Absent) => language.choose("none", "없음", "无").to_owned(),
        Some(Value::Bool(true)) => language.choose("yes", "예", "是").to_owned(),
        Some(Value::Bool(false)) => language.choose("no", "아니요", "否").to_owned(),
        Some(Value::Texts(values)) if values.is_empty() => say(language, Some(&Value::Absent)),
        Some(Value::Time(instant)) => minute(*instant),
        Some(value) => value.to_string(),
    }
}

/// An instant to the minute. A text that is sent to somebody else has no zone but UTC.
fn minute(instant: Timestamp) -> String {
    match jiff::Timestamp::from_millisecond(instant.as_millis()) {
        Ok(instant) => instant.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => instant.to_string(),
    }
}

/// What a rule without a title of its own is called.
pub(crate) fn untitled(rule: &str) -> Localized {
    Localized::of(|language| match language {
        Language::English => format!("Rule {rule} is kept."),
        Language::Korean => format!("규칙 {rule} 준수"),
        Language::Chinese => format!("符合规则 {rule}。"),
    })
}

/// What is said while a link waits, where the policy says nothing of its own.
pub(crate) fn waiting_for_aws() -> Localized {
    Localized::of(|language| {
        language
            .choose(
                "Waiting for AWS to finish.",
                "AWS 처리가 완료되기를 기다리고 있습니다.",
                "正在等待 AWS 完成处理。",
            )
            .to_owned()
    })
}

/// What an undecided rule says: what it is about, and what would have to be known.
pub(crate) fn undecided(missing: &[String]) -> Localized {
    let named = missing.join(", ");
    if missing.is_empty() {
        return Localized::of(|language| {
            language
                .choose(
                    "This cannot be decided with what is known.",
                    "현재 알려진 정보로는 판단할 수 없습니다.",
                    "根据目前已知的信息无法判断。",
                )
                .to_owned()
        });
    }
    Localized::of(|language| match language {
        Language::English => format!("Not known yet: {named}."),
        Language::Korean => format!("아직 확인되지 않은 정보: {named}"),
        Language::Chinese => format!("尚未获知：{named}"),
    })
}

/// What to do about it.
pub(crate) fn look_up() -> Localized {
    Localized::of(|language| {
        language
            .choose(
                "Look it up again, or bring the data up to date, then plan again.",
                "정보를 다시 조회하거나 데이터를 최신으로 동기화한 뒤 다시 계획하세요.",
                "请重新查询或同步数据，然后重新生成计划。",
            )
            .to_owned()
    })
}

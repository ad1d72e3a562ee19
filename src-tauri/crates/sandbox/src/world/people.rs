//! Invented companies and the people who write for them. None of them exists.

use crate::chance::{Dice, index, mix};

/// A buyer's company and contact.
#[derive(Clone, Debug)]
pub(crate) struct Company {
    pub(crate) name: String,
    /// The name in lower-case ASCII; several companies may share one.
    pub(crate) slug: String,
    /// Always below `.example`.
    pub(crate) domain: String,
    pub(crate) country: &'static str,
    pub(crate) language: &'static str,
    pub(crate) first: &'static str,
    pub(crate) last: &'static str,
}

impl Company {
    pub(crate) fn email(&self) -> String {
        self.mailbox(&ascii(&format!("{}.{}", self.first, self.last)))
    }

    pub(crate) fn mailbox(&self, local: &str) -> String {
        format!("{local}@{}", self.domain)
    }
}

struct Region {
    weight: u64,
    countries: &'static [&'static str],
    language: &'static str,
    heads: &'static [&'static str],
    tails: &'static [&'static str],
    join: &'static str,
    firsts: &'static [&'static str],
    lasts: &'static [&'static str],
}

const REGIONS: &[Region] = &[
    Region {
        weight: 46,
        countries: &["US", "GB", "CA", "AU", "IN", "SG", "IE", "NZ", "ZA"],
        language: "en",
        heads: &[
            "Bramblewick",
            "Copperfern",
            "Duskwater",
            "Elmhollow",
            "Fennimore",
            "Glasswing",
            "Harrowgate",
            "Inkberry",
            "Juniper Row",
            "Kestrel Bay",
            "Larkspur",
            "Moorhen",
            "Northlight",
            "Oakenshaw",
            "Pebblebrook",
            "Quillstone",
            "Redthorn",
            "Saltmarsh",
            "Thistledown",
            "Umberfield",
            "Violet Lane",
            "Wrenfield",
            "Yarrow",
            "Zephyrine",
            "O'Halloran & Pike",
            "Blue Heron",
            "Ashcombe",
            "Tin Lantern",
            "Marrow & Finch",
        ],
        tails: &[
            "Analytics",
            "Robotics",
            "Freight",
            "Diagnostics",
            "Games",
            "Insurance",
            "Foods",
            "Energy",
            "Payments",
            "Research",
            "Telemetry",
            "Logistics Group",
            "Health",
            "Media",
            "Airways",
            "Semiconductors",
            "Water Utilities",
            "Learning",
            "Retail",
            "Labs",
            "Mutual Assurance Society and Friendly Provident Institution of the Northern Counties (Holdings) Public Limited Company",
        ],
        join: " ",
        firsts: &[
            "Ada", "Owen", "Priya", "Marcus", "Ines", "Tom", "Grace", "Noor", "Felix", "Zoe",
        ],
        lasts: &[
            "Birch", "Calloway", "Dhillon", "Eastman", "Farrow", "Gale", "Huang", "Ibarra",
        ],
    },
    Region {
        weight: 18,
        countries: &["KR"],
        language: "ko",
        heads: &[
            "한빛",
            "새솔",
            "다온",
            "미르",
            "가온",
            "늘봄",
            "해담",
            "푸른",
            "라온",
            "아람",
            "도담",
            "여울",
            "바른",
            "온새미",
            "참빛",
            "누리",
        ],
        tails: &[
            "소프트",
            "로보틱스",
            "물산",
            "데이터 주식회사",
            "게임즈",
            "바이오",
            "에너지",
            "커머스",
            "모빌리티",
            "반도체",
            "연구소",
            "화학",
            "증권",
        ],
        join: "",
        firsts: &["민준", "서연", "지우", "하준", "수아", "도윤", "예린"],
        lasts: &["김", "이", "박", "최", "정", "강", "윤"],
    },
    Region {
        weight: 14,
        countries: &["CN", "HK", "TW", "SG"],
        language: "zh",
        heads: &[
            "云栖谷",
            "青禾",
            "星澜",
            "远山",
            "白鹭湾",
            "松果",
            "海棠",
            "明澈",
            "北辰",
            "木棉",
            "晴川",
            "鹿鸣",
            "千帆",
            "知行",
        ],
        tails: &[
            "科技有限公司",
            "数据服务有限公司",
            "智能制造股份有限公司",
            "网络",
            "游戏",
            "物流",
            "生物医药",
            "新能源",
            "信息技术(上海)有限公司",
            "半导体",
        ],
        join: "",
        firsts: &["伟", "芳", "娜", "敏", "静", "磊", "洋"],
        lasts: &["王", "李", "张", "刘", "陈", "杨", "赵"],
    },
    Region {
        weight: 8,
        countries: &["JP"],
        language: "en",
        heads: &["あさひ野", "みどり坂", "白樺", "つばさ", "青葉台", "月見"],
        tails: &["システムズ", "商事株式会社", "精機", "ソフト", "運輸"],
        join: "",
        firsts: &["陽菜", "蓮", "葵", "大和"],
        lasts: &["佐藤", "鈴木", "高橋", "田中"],
    },
    Region {
        weight: 9,
        countries: &["DE", "AT", "CH", "FR", "SE", "ES", "PL"],
        language: "en",
        heads: &[
            "Birkenfeld",
            "Müllergraben",
            "Sonnentau",
            "Châtaigne",
            "Étoile du Nord",
            "Åkerblom",
            "Łąkowa",
            "Peñalara",
            "Weißdorn",
            "Grünspecht",
        ],
        tails: &[
            "GmbH",
            "AG",
            "Systemtechnik GmbH & Co. KG",
            "SARL",
            "AB",
            "S.L.",
            "Spółka z o.o.",
        ],
        join: " ",
        firsts: &[
            "Jürgen", "Élodie", "Åsa", "Zoë", "Łukasz", "Begoña", "Greta",
        ],
        lasts: &[
            "Weiß",
            "Lefèvre",
            "Lindqvist",
            "Núñez",
            "Kowalska",
            "Brandt",
        ],
    },
    Region {
        weight: 5,
        countries: &["BR", "MX", "AE", "IL", "TR", "TH"],
        language: "en",
        heads: &[
            "Ipê Amarelo",
            "Tucano",
            "Cenzontle",
            "النخيل",
            "אלון",
            "Çınar",
            "ใบโพธิ์",
        ],
        tails: &["Tecnologia", "Dados", "S.A. de C.V.", "FZ-LLC", "Holding"],
        join: " ",
        firsts: &["Thiago", "Luíza", "Xóchitl", "ليلى", "נועה", "Çağla"],
        lasts: &["Araújo", "Méndez", "حداد", "כהן", "Yıldız"],
    },
];

/// The company of the buyer `buyer`.
pub(crate) fn company(seed: u64, buyer: u32) -> Company {
    let mut dice = Dice::new(mix(seed, 0xc0), u64::from(buyer));
    let weights: Vec<(u64, usize)> = REGIONS
        .iter()
        .enumerate()
        .map(|(at, region)| (region.weight, at))
        .collect();
    let region = &REGIONS[dice.weighted(&weights)];
    let (head, tail) = (dice.word(region.heads), dice.word(region.tails));
    let slug = slug(&[head, tail]);
    Company {
        name: format!("{head}{}{tail}", region.join),
        domain: format!("{slug}-{}.example", short(buyer)),
        slug,
        country: dice.word(region.countries),
        language: region.language,
        first: dice.word(region.firsts),
        last: dice.word(region.lasts),
    }
}

/// A short lower-case tag of a number, unique to it.
pub(crate) fn short(number: u32) -> String {
    let mut digits = Vec::new();
    let mut left = u64::from(number);
    while left > 0 || digits.len() < 2 {
        digits.push(char::from_digit(u32::try_from(left % 36).unwrap_or(0), 36).unwrap_or('0'));
        left /= 36;
    }
    digits.iter().rev().collect()
}

/// At most this many characters of a company's name go into its domain.
const SLUG_MAX_CHARS: usize = 24;
const PLAIN_WORDS: &[&str] = &[
    "haneul", "qingshan", "midori", "norden", "palma", "sora", "lumen", "baram", "yunxi",
    "tsubasa", "dalbit", "songguo", "mureu", "haitang",
];

/// Lower-case ASCII words of a name; a plain word where the name has none.
fn slug(parts: &[&str]) -> String {
    let joined = parts.join("-");
    let letters = joined.chars().filter(char::is_ascii_alphabetic).count();
    if letters < 3 {
        let hash = parts
            .iter()
            .flat_map(|part| part.bytes())
            .fold(0, |sum, byte| mix(sum, u64::from(byte)));
        return PLAIN_WORDS[index(hash, PLAIN_WORDS.len())].to_owned();
    }
    let cut: String = ascii(&joined)
        .replace('.', "")
        .chars()
        .take(SLUG_MAX_CHARS)
        .collect();
    cut.trim_end_matches(['-', '.']).to_owned()
}

/// The ASCII of a text in lower case, words joined by `-`; what has none becomes `contact`.
fn ascii(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars().map(plain) {
        match letter {
            'a'..='z' | '0'..='9' => out.push(letter),
            'A'..='Z' => out.push(letter.to_ascii_lowercase()),
            '.' if !out.ends_with(['-', '.']) && !out.is_empty() => out.push('.'),
            ' ' | '-' if !out.ends_with(['-', '.']) && !out.is_empty() => out.push('-'),
            _ => {}
        }
    }
    let trimmed = out.trim_end_matches(['-', '.']).to_owned();
    if trimmed.is_empty() {
        "contact".to_owned()
    } else {
        trimmed
    }
}

/// A letter without its accent, as far as the names here have any.
fn plain(letter: char) -> char {
    match letter {
        'á' | 'ã' | 'â' | 'å' | 'Å' | 'ą' => 'a',
        'ç' | 'Ç' => 'c',
        'é' | 'É' | 'è' | 'ê' => 'e',
        'í' | 'ı' => 'i',
        'Ł' | 'ł' => 'l',
        'ñ' => 'n',
        'ó' | 'ö' => 'o',
        'ú' | 'ü' => 'u',
        'ß' => 's',
        'ğ' => 'g',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn companies_are_diverse_and_their_mail_fits_the_model() {
        let pattern =
            regex_lite::Regex::new(r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$").unwrap();
        let all: Vec<Company> = (0..3000).map(|buyer| company(1, buyer)).collect();
        for one in &all {
            assert!(pattern.is_match(&one.email()), "{}", one.email());
            assert!(one.email().ends_with(".example"));
            assert!(one.name.chars().count() <= 256);
        }
        assert!(all.iter().any(|one| one.name.chars().count() > 100));
        assert!(all.iter().any(|one| one.language == "ko"));
        assert!(all.iter().any(|one| one.language == "zh"));
    }
}

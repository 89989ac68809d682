//! How Chinese names are written in Latin letters: in Pinyin, as the mainland does, and as Hong
//! Kong writes Cantonese.

use deunicode::deunicode_with_tofu;
use values::simplified;

/// Characters of names with their usual spellings in Hong Kong, the commonest first.
const CANTONESE: &str = "陳chan 李lee/li 張cheung 黃wong 何ho 林lam 吳ng 王wong 劉lau 梁leung 鄭cheng \
    楊yeung 羅law/lo 鄧tang 葉yip/ip 許hui 蔡choi/tsoi 馮fung 曾tsang 朱chu 周chow/chau 徐tsui/chui \
    謝tse 蘇so 蕭siu 潘poon/pun 余yu/yue 趙chiu 盧lo 江kong 胡wu/woo 孫suen 高ko 郭kwok 譚tam 馬ma \
    方fong 袁yuen 莫mok 麥mak 關kwan 溫wan 湯tong 鄺kwong 黎lai 唐tong 杜to 石shek 伍ng 簡kan 鍾chung \
    鐘chung 韓hon 施sze 丁ting 范fan 區au 歐au 邱yau 丘yau 廖liu 彭pang 賴lai 陸luk 龍lung 龔kung \
    霍fok 魏ngai 薛sit 姚yiu 尹wan 白pak 任yam 沈shum 呂lui 洪hung 顏ngan 阮yuen 倪ngai 田tin 董tung \
    司sze 徒to 岑shum 甘kam 文man 戴tai 梅mui 冼sin 利lee 康hong 游yau 招chiu 凌ling 連lin 卓cheuk \
    大tai 明ming 國kwok 華wah 偉wai 強keung 志chi 家ka 建kin 文man 俊chun 傑kit 健kin 榮wing 德tak \
    永wing 光kwong 輝fai 雄hung 威wai 民man 平ping 安on 成shing 忠chung 信shun 義yi 仁yan 勇yung 東tung \
    海hoi 山shan 玉yuk 美mei 麗lai 芳fong 英ying 秀sau 珍chun 淑shuk 慧wai 敏man 嘉ka 欣yan 怡yi 婷ting \
    詩sze 雅nga 思sze 樂lok 天tin 子tsz 一yat 兆siu 生sang 少siu 世sai 中chung 小siu 玲ling 鳳fung 燕yin \
    蘭lan 愛oi 寶po 惠wai 慶hing 寧ning 達tat 泰tai 福fuk 祥cheung 貴kwai 金kam 銘ming 豪ho 軒hin 彥yin \
    浩ho 恩yan 穎wing 琪ki 珊shan 儀yee 君kwan 佩pui 月yuet 紅hung 梓tsz 澤chak 宇yu 正ching 立lap 新sun \
    學hok 春chun 秋chau 曉hiu 靜ching 賢yin 良leung 添tim 佳kai 全chuen 根kan 添tim 錦kam 松chung 柏pak";

/// The most spellings of one name.
const SPELLINGS_MAX: usize = 8;

/// The name in Pinyin, syllable by syllable.
pub(super) fn pinyin(name: &str) -> Vec<String> {
    let text = deunicode_with_tofu(name, " ").to_ascii_lowercase();
    text.split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The name in the spellings of Hong Kong; none where a character is not known here.
pub(super) fn cantonese(name: &str) -> Vec<Vec<String>> {
    let mut spellings: Vec<Vec<String>> = vec![Vec::new()];
    for character in name.chars() {
        let Some(syllables) = syllables(character) else { return Vec::new() };
        let longer = spellings.iter().flat_map(|spelling| {
            syllables.split('/').map(|syllable| {
                let syllable = std::iter::once(syllable.to_owned());
                spelling.iter().cloned().chain(syllable).collect()
            })
        });
        spellings = longer.take(SPELLINGS_MAX).collect();
    }
    spellings
}

/// Of a character in either script.
fn syllables(character: char) -> Option<&'static str> {
    CANTONESE
        .split_whitespace()
        .find_map(|known| known.strip_prefix(|known| simplified(known) == simplified(character)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_name_has_its_spellings() {
        assert_eq!(pinyin("陳大文"), ["chen", "da", "wen"]);
        assert_eq!(pinyin("陈大文"), ["chen", "da", "wen"]);
        assert_eq!(cantonese("陳大文"), [["chan", "tai", "man"]]);
        assert_eq!(cantonese("李國華"), [["lee", "kwok", "wah"], ["li", "kwok", "wah"]]);
        assert!(cantonese("陳龘").is_empty());
        assert_eq!(cantonese("陈国伟"), [["chan", "kwok", "wai"]], "as the mainland writes it");
    }

    #[test]
    fn the_tables_are_whole() {
        for known in CANTONESE.split_whitespace() {
            let (character, syllables) = known.split_at(known.chars().next().unwrap().len_utf8());
            assert!(character.chars().all(super::super::name::is_han), "{known}");
            assert!(
                syllables.split('/').all(|syllable| {
                    !syllable.is_empty() && syllable.bytes().all(|byte| byte.is_ascii_lowercase())
                }),
                "{known}"
            );
        }
    }
}

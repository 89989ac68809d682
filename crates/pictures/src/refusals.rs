//! Why a picture is not taken.

use values::refusals;

refusals! {
    /// All of them; a service names each among its own.
    pub const REFUSALS;

    pub NO_PICTURE: NotFound, "picture-not-found",
        "nobody shows a picture of this id, or the caller announced none of it in half an hour",
        action: "Announce a picture, upload it, and name its id.",
        en: "We cannot find this picture. Please choose it again.",
        zh_hant: "找不到此圖片，請重新選擇。",
        zh_hans: "找不到该图片，请重新选择。";
    pub PICTURE_NOT_UPLOADED: Conflict, "picture-not-uploaded",
        "the picture was announced, and nothing came by its link",
        action: "Upload it, then repeat this.",
        en: "Your picture has not arrived yet. Please try again.",
        zh_hant: "尚未收到你的圖片，請再試一次。",
        zh_hans: "尚未收到您的图片，请重试。";
    pub PICTURE_DIFFERS: Rule, "picture-differs",
        "what was uploaded is not of the announced type and length",
        action: "Announce what the file's first bytes and its length say.",
        en: "This picture cannot be used. Please choose a JPEG or PNG picture.",
        zh_hant: "此圖片不可使用，請選擇 JPEG 或 PNG 圖片。",
        zh_hans: "该图片不可使用，请选择 JPEG 或 PNG 图片。";
    pub PICTURE_ANIMATED: Rule, "picture-animated", "the picture moves",
        action: "Send one frame of it.",
        en: "Moving pictures cannot be used. Please choose another one.",
        zh_hant: "不可使用動態圖片，請選擇另一張。",
        zh_hans: "不可使用动态图片，请选择另一张。";
    pub PICTURE_PIXELS: Rule, "picture-pixels",
        "a picture has 96 pixels a side or more, and 16 million in all or less",
        action: "Scale it before it is uploaded.",
        en: "This picture is too small or too large. Please choose another one.",
        zh_hant: "此圖片太小或太大，請選擇另一張。",
        zh_hans: "该图片太小或太大，请选择另一张。";
    pub PICTURE_DAMAGED: Rule, "picture-damaged", "the file cannot be read to its end as a picture",
        en: "This picture cannot be opened. Please choose another one.",
        zh_hant: "無法開啟此圖片，請選擇另一張。",
        zh_hans: "无法打开该图片，请选择另一张。";
    pub TOO_MANY_PICTURES: TooMany, "pictures-throttled",
        "as many pictures were announced as one may in an hour",
        en: "You have chosen many pictures. Please try again later.",
        zh_hant: "選擇圖片次數過多，請稍後再試。",
        zh_hans: "选择图片次数过多，请稍后再试。";
}

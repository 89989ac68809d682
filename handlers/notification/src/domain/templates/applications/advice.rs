//! What applicants are told to do.

use values::CustomerMessage;

/// What to do for each reason; codes that ask for the same share a line.
pub(super) const ADVICE: [(&[&str], CustomerMessage); 12] = [
    (
        &["document-not-received"],
        CustomerMessage {
            en: "Your document did not arrive. Please upload it again.",
            zh_hant: "我們未有收到你的文件，請重新上載。",
            zh_hans: "我们未收到您的文件，请重新上传。",
        },
    ),
    (
        &["document-differs"],
        CustomerMessage {
            en: "What arrived is not the file that your app announced. Please upload it again.",
            zh_hant: "收到的檔案與應用程式所報的不符，請重新上載。",
            zh_hans: "收到的文件与应用所报的不符，请重新上传。",
        },
    ),
    (
        &["document-unreadable", "field-missing", "number-unconfirmed"],
        CustomerMessage {
            en: "We could not read all of it. Please take a sharp photo of the whole document.",
            zh_hant: "我們未能讀取文件的全部內容，請在光線充足處拍攝清晰、完整而不反光的照片。",
            zh_hans: "我们未能读取文件的全部内容，请在光线充足处拍摄清晰、完整且不反光的照片。",
        },
    ),
    (
        &["wrong-document"],
        CustomerMessage {
            en: "This is another document than you have chosen. Please upload the right one.",
            zh_hant: "上載的並非你所選的文件，請上載正確的文件。",
            zh_hans: "上传的并非您所选的文件，请上传正确的文件。",
        },
    ),
    (
        &["document-expired"],
        CustomerMessage {
            en: "Your document has expired. Please use one that is valid.",
            zh_hant: "你的文件已過期，請使用有效的文件。",
            zh_hans: "您的文件已过期，请使用有效的文件。",
        },
    ),
    (
        &["number-differs"],
        CustomerMessage {
            en: "The document has another number than you entered. Please check it.",
            zh_hant: "文件上的號碼與你輸入的不符，請核對。",
            zh_hans: "文件上的号码与您输入的不符，请核对。",
        },
    ),
    (
        &["issuer-differs"],
        CustomerMessage {
            en: "The document was issued elsewhere than you entered. Please check it.",
            zh_hant: "文件的簽發地與你輸入的不符，請核對。",
            zh_hans: "文件的签发地与您输入的不符，请核对。",
        },
    ),
    (
        &["name-differs", "chinese-name-differs"],
        CustomerMessage {
            en: "The document has another name than you entered. Please enter it as it is there.",
            zh_hant: "文件上的姓名或名稱與你輸入的不符，請按文件輸入。",
            zh_hans: "文件上的姓名或名称与您输入的不符，请按文件输入。",
        },
    ),
    (
        &["birth-date-differs"],
        CustomerMessage {
            en: "The document has another date of birth than you entered. Please check it.",
            zh_hant: "文件上的出生日期與你輸入的不符，請核對。",
            zh_hans: "文件上的出生日期与您输入的不符，请核对。",
        },
    ),
    (
        &["under-age"],
        CustomerMessage {
            en: "You must be at least 18 years old.",
            zh_hant: "你必須年滿 18 歲。",
            zh_hans: "您必须年满 18 岁。",
        },
    ),
    (
        &["number-in-use"],
        CustomerMessage {
            en: "This document was used for another account. Please contact customer service.",
            zh_hant: "此文件已用於另一帳戶，請聯絡客戶服務。",
            zh_hans: "该文件已用于另一账户，请联系客服。",
        },
    ),
    (
        &["document-expires-soon"],
        CustomerMessage {
            en: "Please apply again with a new document.",
            zh_hant: "請以新文件重新申請。",
            zh_hans: "请以新文件重新申请。",
        },
    ),
];

/// Where no reason is known of an application that goes on.
pub(super) const SEE_APPLICATION: CustomerMessage = CustomerMessage {
    en: "Please open your application: it says what is missing.",
    zh_hant: "請開啟申請，查看尚欠的資料。",
    zh_hans: "请打开申请，查看尚缺的资料。",
};

/// Where no reason is known of one that does not.
pub(super) const ASK_US: CustomerMessage = CustomerMessage {
    en: "If you think that this is wrong, please contact customer service.",
    zh_hant: "如有疑問，請聯絡客戶服務。",
    zh_hans: "如有疑问，请联系客服。",
};

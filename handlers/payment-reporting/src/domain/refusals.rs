//! Every way in which this service says no.

use values::{NO_BUSINESS, NOT_ALLOWED_FOR_ROLE, NOT_YET_KNOWN, OWN_PROPOSAL, refusals};

refusals! {
    /// What this service refuses beside what every service does.
    pub const REFUSALS, with NO_BUSINESS, NOT_ALLOWED_FOR_ROLE, NOT_YET_KNOWN, OWN_PROPOSAL;

    pub(crate) BOOKS_BEHIND: Busy, "books-behind",
        "the copy of the books that reports are read from is late or away",
        action: "Show the report that you have, and ask again after some seconds.",
        en: "Reports are being brought up to date. Please try again in a moment.",
        zh_hant: "報表正在更新，請稍後再試。",
        zh_hans: "报表正在更新，请稍后重试。";
    pub(crate) READ_AFTER_INVALID: Rule, "read-after-invalid",
        "Read-After is later than now, so nobody was answered it",
        action: "Hand back the greatest Read-After that payments has answered, as it was answered.",
        en: "Something went wrong. Please close the app and open it again.",
        zh_hant: "發生錯誤，請關閉應用程式後再開啟。",
        zh_hans: "发生错误，请关闭应用后再打开。";
    pub(crate) PERIOD_INVALID: Rule, "report-period-invalid",
        "the last day is before the first, or the period is longer than this report may be",
        action: "Let the customer choose fewer days; the document says how many.",
        en: "Please choose a shorter period.",
        zh_hant: "請選擇較短的時段。",
        zh_hans: "请选择较短的时段。";
    pub(crate) NO_STATEMENT: NotFound, "statement-not-found",
        "the caller has no wallet that could have a statement",
        en: "There is no statement yet.",
        zh_hant: "暫時未有月結單。",
        zh_hans: "暂时没有月结单。";
    pub(crate) STATEMENT_TOO_LONG: Rule, "statement-too-long",
        "more moved in this month than a statement holds",
        action: "Let the customer search their history in parts of the month instead.",
        en: "There is too much for one statement. Please search your history by date.",
        zh_hant: "交易太多，未能列於一份月結單，請按日期搜尋紀錄。",
        zh_hans: "交易太多，无法列于一份月结单，请按日期搜索记录。";
    pub(crate) TABLE_TOO_LONG: Rule, "report-too-long",
        "more moved in this period than a table holds",
        action: "Ask for fewer days, and put the tables together.",
        en: "There is too much for one file. Please choose fewer days.",
        zh_hant: "資料太多，未能放入一個檔案，請選擇較少日數。",
        zh_hans: "数据太多，无法放入一个文件，请选择较少天数。";
    pub(crate) TAKINGS_TOO_LONG: Rule, "takings-too-long",
        "more moved in this period than is summed up at once",
        action: "Let the customer choose fewer days.",
        en: "There is too much to sum up. Please choose fewer days.",
        zh_hant: "交易太多，未能計算，請選擇較少日數。",
        zh_hans: "交易太多，无法计算，请选择较少天数。";
    pub(crate) SPENDING_TOO_LONG: Rule, "spending-too-long",
        "more moved in these months, or in as many before, than is summed up at once",
        action: "Let the customer choose fewer months.",
        en: "There is too much to sum up. Please choose fewer months.",
        zh_hant: "交易太多，未能計算，請選擇較少月份。",
        zh_hans: "交易太多，无法计算，请选择较少月份。";
    pub(crate) NO_EXPORT: NotFound, "export-not-found",
        "there is no such export of the caller",
        en: "We cannot find this file.",
        zh_hant: "找不到此檔案。",
        zh_hans: "找不到该文件。";
    pub(crate) EXPORT_NOT_DONE: Conflict, "export-not-done",
        "the file is not written yet, or there is none, or none any more",
        action: "Read the export: its status says which. Once it has expired, ask for another.",
        en: "This file is not available. Please check its status.",
        zh_hant: "此檔案暫時未能下載，請查看其狀態。",
        zh_hans: "该文件暂时无法下载，请查看其状态。";
    pub(crate) EXPORTS_UNFINISHED: Conflict, "exports-unfinished",
        "as many files of this business wait or are written as may be at once",
        action: "Show those that are not finished; ask again when one of them is.",
        en: "Other files are still being prepared. Please wait until one is ready.",
        zh_hant: "其他檔案仍在準備中，請待其中一個完成後再試。",
        zh_hans: "其他文件仍在准备中，请待其中一个完成后再试。";
    pub(crate) NO_BANK_STATEMENT: NotFound, "bank-statement-not-found",
        "the container has no statement of this day";
    pub(crate) BANK_STATEMENT_INVALID: Rule, "bank-statement-invalid",
        "the file is no statement of this day that follows on the one before",
        action: "Read what the detail says, and ask the bank for a right one. Nothing was taken.";
    pub(crate) BANK_DAY_OUT_OF_TURN: Conflict, "bank-day-out-of-turn",
        "the day is not over yet, or not the one after the last that was compared",
        action: "Bring the statement of the next day first; the list of days has the last one.";
    pub(crate) BANK_DAY_READ_OTHERWISE: Conflict, "bank-day-read-otherwise",
        "the day was compared with another file than the one that is there now",
        action: "Nothing was taken. Ask the bank which is right; it corrects on a later day.";
    pub(crate) BANK_DAY_TOO_LONG: Rule, "bank-day-too-long",
        "our ledger has more movements with the bank on this day than are compared",
        action: "See BANK_LINES_MAX: it is to be raised with the memory of the service.";
    pub(crate) NO_BANK_DAY: NotFound, "bank-day-not-found",
        "the bank's statement of this day was not read yet",
        en: "There is no bank statement of this day yet.",
        zh_hant: "未有該日的銀行月結單。",
        zh_hans: "暂无该日的银行对账单。";
    pub(crate) NO_BANK_DIFFERENCE: NotFound, "bank-difference-not-found",
        "there is no such difference on this day",
        en: "We cannot find this difference.",
        zh_hant: "找不到此差異。",
        zh_hans: "找不到该差异。";
    pub(crate) DIFFERENCE_NOT_OPEN: Conflict, "bank-difference-not-open",
        "it was explained before, or its other side has come",
        action: "Read it again.",
        en: "This difference is explained already.",
        zh_hant: "此差異已有解釋。",
        zh_hans: "该差异已有解释。";
    pub(crate) DIFFERENCE_NOT_EXPLAINED: Conflict, "bank-difference-not-explained",
        "nobody has explained it, or it is closed",
        action: "Read it again; it is explained first, and then somebody else agrees.",
        en: "This difference has no explanation that waits for an answer.",
        zh_hant: "此差異未有待批的解釋。",
        zh_hans: "该差异没有待批的解释。";
}

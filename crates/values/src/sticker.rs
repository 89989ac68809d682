//! A picture that goes with a payment between people.

use crate::code_enum;

code_enum! {
    /// Which picture goes with a payment between people. Its app has the picture, and shows none
    /// for an id that it does not know: more will come, and none is taken away.
    pub enum Sticker {
        /// Thank you.
        ThankYou = "thank-you",
        /// My treat.
        MyTreat = "my-treat",
        /// A birthday cake.
        BirthdayCake = "birthday-cake",
        /// A red packet, 利是.
        LaiSee = "lai-see",
        /// Dim sum, 點心.
        DimSum = "dim-sum",
        /// Milk tea, 奶茶.
        MilkTea = "milk-tea",
        /// Hot pot, 火鍋.
        HotPot = "hot-pot",
        /// A mooncake, 月餅.
        Mooncake = "mooncake",
        /// The tram, 叮叮.
        Tram = "tram",
        /// A taxi, 的士.
        Taxi = "taxi",
        /// Rent.
        Rent = "rent",
        /// A hug.
        Hug = "hug",
    }
}

-- Payments may come before the timer, and the months that V0025 and V0035 make may be over.
CALL add_months();

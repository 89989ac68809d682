CALL add_months();

-- Between whom money has moved before, both go on talking.
UPDATE pairs SET first_paid = TRUE, second_paid = TRUE WHERE has_paid;

-- The owner's own spelling of the shop's name in printable ASCII.
ALTER TABLE businesses ADD COLUMN shop_name_latin VARCHAR(25) NULL AFTER shop_name;

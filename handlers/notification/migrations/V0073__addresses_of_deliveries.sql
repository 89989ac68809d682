-- Where it goes, if the endpoint does not say: each request of a program names its own address.
ALTER TABLE webhook_deliveries
    ADD COLUMN url VARCHAR(1024) CHARACTER SET ascii COLLATE ascii_bin NULL;

-- Where the money of parcels waits: its balance is what nobody has taken yet.
INSERT INTO accounts (account_id, kind, currency)
VALUES (0x00000000000000000000000000000002, 'escrow', 'HKD');

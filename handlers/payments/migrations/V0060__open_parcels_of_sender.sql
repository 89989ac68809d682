-- What is counted of a person's open pay links and red packets before they make another.
ALTER TABLE parcels ADD KEY open_of_sender (sender_id, status);

-- What is disputed of a shop's takings is not paid out.
ALTER TABLE disputes ADD KEY unsettled_of_business (business_id, status);

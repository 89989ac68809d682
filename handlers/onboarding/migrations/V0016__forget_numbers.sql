-- What came to nothing keeps no number.
UPDATE applications SET number_index = NULL
WHERE status IN ('rejected', 'withdrawn', 'abandoned') AND number_index IS NOT NULL;

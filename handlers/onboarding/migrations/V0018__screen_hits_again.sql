-- Which entries a name is like stood in clear, and tells the name. It is found anew and sealed: by
-- comparing these again, also those whose hits were cleared.
UPDATE applications SET list_version = NULL
WHERE application_id IN (SELECT application_id FROM screening_hits);

-- A number is nobody's once the approval by it was rejected.
DELETE FROM document_numbers
WHERE NOT EXISTS (
    SELECT 1 FROM applications AS a
    WHERE a.user_id = document_numbers.user_id
        AND a.number_index = document_numbers.number_index
        AND (a.status IN ('approved', 'expired', 'replaced') OR a.is_recheck)
);

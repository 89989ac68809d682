DELETE FROM screening_hits;

UPDATE transfers SET code = 'top-up' WHERE code = 'top_up';

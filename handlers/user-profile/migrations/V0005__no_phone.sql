-- The number stays with auth, which its owner asks for it.
ALTER TABLE profiles DROP COLUMN phone;

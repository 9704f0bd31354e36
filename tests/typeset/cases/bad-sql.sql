CREATE TABLE unit (unit_id INTEGER, name TEXT);

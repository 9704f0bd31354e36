-- Stirs a fixture database, so that an assessment meets what smooth data lack: days on the edges of the year and of the five
-- years, leap days, half days, overlaps, posts changed and held twice, people in two roles, units founded and dissolved.
-- Deterministic: which rows change follows from their ids. Years as in the default fixture, 2016 to 2020.
BEGIN;

-- Activities on first and last days, and the days beside them.
UPDATE activity SET date = '2020-01-01' WHERE id % 97 = 1;
UPDATE activity SET date = '2020-12-31' WHERE id % 97 = 2;
UPDATE activity SET date = '2019-12-31' WHERE id % 97 = 3;
UPDATE activity SET date = '2020-02-29' WHERE id % 97 = 4;
UPDATE activity SET date = '2020-06-30' WHERE id % 97 = 5;
UPDATE activity SET date = '2020-07-01' WHERE id % 97 = 6;
UPDATE activity SET date = '2016-01-01' WHERE kind = 'rotation_training' AND id % 5 = 0;
UPDATE activity SET date = '2015-12-31' WHERE kind = 'rotation_training' AND id % 5 = 1;
UPDATE activity SET date = '2015-07-01' WHERE kind = 'rotation_training' AND id % 5 = 2;
UPDATE activity SET level = CASE id % 6 WHEN 0 THEN 'central' WHEN 1 THEN 'province' WHEN 2 THEN 'city' WHEN 3 THEN 'county'
                                        WHEN 4 THEN 'township' ELSE 'grassroots' END
WHERE kind = 'secretary_training' AND id % 3 = 0;

-- Stays: half days before and after noon, on one day, across the turn of the year, entered twice.
UPDATE activity SET start_time = CASE id % 4 WHEN 0 THEN '08:30' WHEN 1 THEN '11:59' WHEN 2 THEN '12:00' ELSE '14:00' END
WHERE kind IN ('research_visit', 'research_stay', 'research_joint') AND id % 2 = 0;
UPDATE participant SET days_tenths = 5
WHERE activity_id % 3 = 0
  AND activity_id IN (SELECT id FROM activity WHERE kind IN ('research_visit', 'research_stay', 'research_joint'));
UPDATE activity SET date = '2019-12-28' WHERE kind = 'research_stay' AND id % 5 = 0;
UPDATE activity SET date = '2020-12-28' WHERE kind = 'research_stay' AND id % 5 = 1;
UPDATE activity SET date = '2020-05-0' || (1 + id % 3) WHERE kind = 'research_joint' AND id % 3 = 0;
INSERT INTO participant (activity_id, person_id, role, days_tenths)
SELECT activity_id, person_id, 'attendee', 10 FROM participant WHERE role = 'lead' AND activity_id % 4 = 0;

-- Events entered twice, and others of the same day that only look like it.
INSERT INTO activity (unit_id, kind, subject, level, date, start_time, days_tenths, headcount, title, place_id)
SELECT unit_id, kind, subject, level, date, start_time, days_tenths, headcount, title, place_id FROM activity
WHERE kind IN ('contest', 'reading_class', 'care') AND id % 2 = 0;
INSERT INTO activity (unit_id, kind, subject, level, date, start_time, days_tenths, headcount, title, place_id)
SELECT unit_id, kind, subject, level, date, start_time, days_tenths, headcount, title || '（第二场）', place_id FROM activity
WHERE kind = 'contest' AND id % 3 = 0;

-- Filings of what never was, of other indicators, decided late.
UPDATE exemption SET accepted = 1, decided_date = coalesce(decided_date, filed_date), indicator =
    CASE id % 7 WHEN 0 THEN '1.1' WHEN 1 THEN '13.1' WHEN 2 THEN '10.3' WHEN 3 THEN '21.3' WHEN 4 THEN '5.2' WHEN 5 THEN '99.9' END
WHERE id % 2 = 0;
UPDATE exemption SET decided_date = '2021-01-05', accepted = 1 WHERE id % 11 = 0;

-- Posts: ended, begun late, held twice at once, taken up again, made secretary while a leader.
UPDATE post SET to_date = '2020-07-01' WHERE id % 31 = 0 AND to_date IS NULL AND '2020-07-01' >= from_date;
UPDATE post SET to_date = '2020-06-30' WHERE id % 31 = 1 AND to_date IS NULL AND '2020-06-30' >= from_date;
UPDATE post SET from_date = '2020-07-02' WHERE id % 31 = 2 AND to_date IS NULL;
UPDATE post SET from_date = '2020-07-03' WHERE id % 31 = 3 AND to_date IS NULL;
UPDATE post SET from_date = '2020-12-31', promoted = 1 WHERE id % 61 = 4 AND to_date IS NULL;
INSERT INTO post (person_id, unit_id, role, title, from_date, to_date, promoted, key_post)
SELECT person_id, unit_id, 'leader', '兼任', '2020-03-01', '2020-08-31', id % 2, 1 FROM post
WHERE role IN ('secretary', 'leader') AND id % 7 = 0 AND unit_id IN (SELECT id FROM unit WHERE assess_group IS NOT NULL);
INSERT INTO post (person_id, unit_id, role, title, from_date, to_date)
SELECT person_id, unit_id, role, '再任', '2020-10-01', NULL FROM post
WHERE to_date BETWEEN '2020-01-01' AND '2020-07-01' AND id % 2 = 0;
UPDATE post SET from_date = '2020-01-01' WHERE id % 5 = 3 AND role = 'leader' AND to_date IS NULL;
UPDATE person SET admitted_date = '2016-01-01' WHERE id % 41 = 0;
UPDATE person SET admitted_date = '2016-01-02' WHERE id % 41 = 1;
UPDATE person SET admitted_date = NULL WHERE id % 41 = 2;
UPDATE person SET branch_id = NULL WHERE id % 43 = 0;
UPDATE participant SET role = 'talker'
WHERE role = 'attendee' AND person_id % 7 = 0 AND activity_id IN (SELECT id FROM activity WHERE kind = 'integrity_talk');
-- Whole leading bodies on one stay, those not yet or no longer in office among them.
INSERT INTO participant (activity_id, person_id, role, days_tenths)
SELECT DISTINCT a.id, p.person_id, 'guide', 60 FROM activity AS a JOIN post AS p ON p.unit_id = a.unit_id
WHERE a.kind = 'research_stay' AND a.id % 5 IN (0, 2) AND a.date BETWEEN '2019-12-01' AND '2020-12-31';
-- Stays that begin before the post does, and others within it on the same days.
INSERT INTO activity (unit_id, kind, level, date, days_tenths, headcount, title)
SELECT unit_id, 'research_stay', 'county', date(from_date, '-2 days'), 50, 1, '任职前后' FROM post
WHERE role IN ('secretary', 'leader') AND from_date BETWEEN '2020-01-01' AND '2020-12-31';
INSERT INTO activity (unit_id, kind, level, date, days_tenths, headcount, title)
SELECT unit_id, 'research_stay', 'county', from_date, 30, 1, '任职前后' FROM post
WHERE role IN ('secretary', 'leader') AND from_date BETWEEN '2020-01-01' AND '2020-12-31';
INSERT INTO participant (activity_id, person_id, role, days_tenths)
SELECT DISTINCT a.id, p.person_id, 'lead', a.days_tenths
FROM activity AS a JOIN post AS p ON p.unit_id = a.unit_id AND p.from_date IN (a.date, date(a.date, '+2 days'))
WHERE a.title = '任职前后';

-- Units: branches and villages founded and dissolved on the edges; a township with all below it gone.
UPDATE unit SET from_date = '2020-07-02' WHERE kind = 'branch' AND id % 29 = 0;
UPDATE unit SET from_date = '2020-07-03' WHERE kind = 'branch' AND id % 29 = 1;
UPDATE unit SET to_date = '2020-12-30' WHERE kind IN ('branch', 'village') AND id % 29 = 2;
UPDATE unit SET to_date = '2020-12-31' WHERE kind IN ('branch', 'village') AND id % 29 = 3;
UPDATE unit SET to_date = '2020-05-31' WHERE kind = 'township' AND id % 17 = 0;

-- Contacts: a year to the day, a day less, across leap days, overlapping, resumed, one day long.
UPDATE contact SET from_date = '2019-03-01', to_date = '2020-02-29' WHERE id % 19 = 0;
UPDATE contact SET from_date = '2019-03-01', to_date = '2020-02-28' WHERE id % 19 = 1;
UPDATE contact SET from_date = '2020-01-01', to_date = NULL WHERE id % 19 = 2;
UPDATE contact SET from_date = '2020-01-02', to_date = NULL WHERE id % 19 = 3;
UPDATE contact SET from_date = '2016-02-29', to_date = '2020-01-01' WHERE id % 19 = 4;
UPDATE contact SET from_date = '2020-12-31', to_date = '2020-12-31' WHERE id % 19 = 5;
UPDATE contact SET from_date = '2020-05-01', to_date = '2020-08-31' WHERE id % 19 = 6;
UPDATE contact SET from_date = '2020-01-10', to_date = '2020-06-30' WHERE id % 19 = 7;
INSERT INTO contact (unit_id, person_id, kind, place_id, from_date, to_date)
SELECT unit_id, person_id, kind, place_id, '2020-06-01', '2020-09-15' FROM contact WHERE id % 19 = 6;
INSERT INTO contact (unit_id, person_id, kind, place_id, from_date, to_date)
SELECT unit_id, person_id, kind, place_id, date(from_date, '+100 days'), NULL FROM contact WHERE id % 6 = 0;
INSERT INTO contact (unit_id, person_id, kind, place_id, from_date, to_date)
SELECT unit_id, person_id, kind, place_id, date(to_date, '+10 days'), date(to_date, '+40 days') FROM contact
WHERE id % 6 = 1 AND to_date IS NOT NULL;

-- Papers: done on the last day, a day late, never.
UPDATE problem SET closed_date = deadline WHERE id % 11 = 0;
UPDATE problem SET closed_date = date(deadline, '+1 day') WHERE id % 11 = 1;
UPDATE problem SET deadline = '2020-12-31' WHERE id % 11 = 2;
UPDATE problem SET deadline = '2020-01-01' WHERE id % 11 = 3;
UPDATE exemption SET filed_date = act_date WHERE id % 5 = 0;
UPDATE exemption SET filed_date = date(act_date, '+1 day') WHERE id % 5 = 1;
UPDATE project SET closed_date = '2019-12-31' WHERE kind = 'hard_case' AND year = 2020 AND id % 13 = 3;
UPDATE project SET listed_date = NULL WHERE id % 13 = 0;
UPDATE project SET closed_date = '2020-12-31' WHERE id % 13 = 1;
UPDATE project SET closed_date = '2021-01-01' WHERE id % 13 = 2;
UPDATE meeting_check SET met_date = (SELECT date FROM activity WHERE id = activity_id) WHERE activity_id % 5 = 0;
UPDATE meeting_check SET met_date = (SELECT date(date, '+1 day') FROM activity WHERE id = activity_id)
WHERE activity_id % 5 = 1 AND item = 'study';
DELETE FROM hand_mark WHERE unit_id % 9 = 0;

COMMIT;

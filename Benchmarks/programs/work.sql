-- Inserts, an index, joins, grouping, sorting and text functions, in memory.
PRAGMA temp_store = MEMORY;
CREATE TABLE item (id INTEGER PRIMARY KEY, kind INTEGER, weight REAL, name TEXT);
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 120000)
    INSERT INTO item SELECT n, (n * 7919) % 101, (n * 31337 % 10007) / 16.0, 'item-' || ((n * 104729) % 30011) FROM number;
CREATE INDEX item_name ON item (name);
CREATE TABLE kind (kind INTEGER PRIMARY KEY, title TEXT);
INSERT INTO kind SELECT DISTINCT kind, 'kind ' || kind FROM item;
SELECT count(*), sum(weight), min(name), max(name) FROM item;
SELECT title, count(*), sum(weight) FROM item JOIN kind USING (kind) GROUP BY kind ORDER BY 3 DESC, 1 LIMIT 8;
SELECT count(*) FROM item AS a JOIN item AS b ON a.name = 'item-' || (b.id % 30011) WHERE a.kind < b.kind;
SELECT substr(name, 6, 2) AS start, count(*), sum(length(name)) FROM item GROUP BY start ORDER BY start LIMIT 8;
SELECT count(*) FROM item WHERE name LIKE '%9_7%' OR upper(name) GLOB 'ITEM-1*3';
UPDATE item SET weight = weight * 2 WHERE kind BETWEEN 20 AND 60;
DELETE FROM item WHERE id % 3 = 0;
SELECT kind % 7, count(*), sum(weight), group_concat(id % 10, '') <> '' FROM item GROUP BY 1 ORDER BY 1;

-- Joins, windows, common table expressions, triggers, foreign keys, conflicts, JSON and text functions; two databases.
pragma foreign_keys = on;
create table person (id integer primary key, name text unique not null, born text, boss integer references person);
create table log (at integer primary key, what text);
create trigger noted after update of boss on person begin
insert into log (what) values (old.name || ': ' || coalesce(old.boss, 'none') || ' -> ' || coalesce(new.boss, 'none')); end;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 500)
insert into person select i, 'person ' || i, date('1950-01-01', (i * 37 % 20000) || ' days'), case when i > 1 then i / 2 end from n;
update person set boss = 1 where id % 50 = 0;
select count(*), min(what), max(what) from log;
with recursive above(id, level) as (select 500, 0 union all select boss, level + 1 from person join above using (id) where boss is not null)
select group_concat(id || '@' || level, ' ') from above;
select strftime('%Y', born) / 10 * 10 as decade, count(*), min(name) from person group by decade having count(*) > 50 order by decade;
select id, name, lag(name) over w, row_number() over w, sum(id) over (partition by id % 7 order by id rows 2 preceding)
from person window w as (order by born, id) limit 12;
select name from person where boss = (select boss from person where id = 100) except select name from person where id > 150 order by 1;
select a.name, b.name from person a left join person b on b.id = a.boss where a.id in (1, 2, 77) order by a.id;
insert or ignore into person values (900, 'person 1', null, null);
insert into person values (901, 'person 2', null, null) on conflict (name) do update set born = 'never';
select changes(), born from person where id = 2;
insert into person values (902, 'nobody', null, 99999);
delete from person where id = 1;
savepoint one; update person set name = name || '!'; savepoint two; delete from person where id > 250; rollback to two; release one;
select count(*), max(length(name)) from person;
create index by_born on person (born desc, name collate nocase);
analyze;
explain query plan select name from person where born > '1990' order by born desc;
select json_extract('{"a": [1, {"b": "c"}]}', '$.a[1].b'), json_group_array(id) from person where id between 10 and 15;
select printf('%08.3f|%-6s|%x', 3.14159, 'ab', 255), trim('  x '), unicode('é'), char(233, 26085), like('a%', 'ABC');
select 1 union select null union select 'text' union select x'00ff' union select 1.0 order by 1;
attach 'second.db' as second;
create table second.copy as select * from person where id % 3 = 0;
select count(*), total(id) from second.copy join main.person using (id);
detach second;
create virtual table if not exists nothing using no_such_module;
select * from no_such_table;
pragma integrity_check;
pragma page_count;

-- Activity database 活动数据库, version 1.
--
-- The records an office keeps anyway: who met, studied, visited, promised and solved what, and when. It belongs to the
-- office; shuzhi opens it read-only, reads it in one snapshot and never writes to it, but for `shuzhi import`.
--
-- Conventions
--   * Integer ids are stable: a row keeps its id for ever, because last year's evidence points at it.
--   * unit_id is always the unit that answers for the record; place_id is where it happened or whom it concerned.
--     Records of a lower unit (a branch's theme day) carry that lower unit; the assessment adds them up along the tree.
--   * Dates are TEXT 'YYYY-MM-DD' and real days; NULL = has not happened. The CHECKs say '+0 days' because date() alone
--     would pass 30 February. A period is [from_date, to_date], both days included; to_date NULL = still running.
--   * Nothing is stored that can be counted: no totals, no states. "Overdue" is a deadline passed, no closed_date.
--   * Days are in tenths (5 = half a day), marks in hundredths (9550 = 95.50): sums are exact.
--   * Flags are 0 or 1. Text is UTF-8.

PRAGMA user_version = 1;

-- ── About the data 数据说明 ──────────────────────────────────────────────────────────────────────────────────────────

-- Facts about this file. Keys used: 'title', 'source' (where the records come from), 'remark'.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Kinds of activity 活动种类. An office may add its own rows; a scheme names kinds by code.
CREATE TABLE activity_kind (
    code TEXT PRIMARY KEY CHECK (code <> '' AND code NOT GLOB '*[^0-9a-z_]*'),
    name TEXT NOT NULL    -- Chinese name as printed
) STRICT, WITHOUT ROWID;

INSERT INTO activity_kind (code, name) VALUES
    -- study 学习
    ('committee_meeting',  '党委（党组）会议'),
    ('centre_group_study', '理论学习中心组学习'),
    ('reading_class',      '领导干部专题读书班'),
    ('lecture',            '专题党课'),              -- speaker = who gives it, place_id = where
    ('induction_training', '新提任领导干部任职培训'), -- its agenda_item 1 is the first lesson 第一课
    ('secretary_training', '基层党组织书记培训'),    -- level says whether county or above 县以上
    ('rotation_training',  '党员集中轮训'),
    ('season_training',    '党员春训冬训'),
    -- life of branches 支部
    ('branch_congress',    '支部党员大会'),
    ('branch_committee',   '支部委员会会议'),
    ('group_meeting',      '党小组会'),
    ('branch_lecture',     '支部党课'),
    ('branch_study',       '支部专题学习交流'),      -- subject 'charter' for the Party Charter 党章
    ('theme_day',          '主题党日'),
    ('political_ritual',   '政治仪式'),              -- oath 重温入党誓词, political birthday 政治生日
    ('red_site',           '红色教育'),
    ('organisation_life',  '组织生活会'),
    ('member_review',      '党性体检、民主评议'),
    ('pledge',             '承诺践诺'),
    ('five_ones',          '“五个一”活动'),
    -- leading body 领导班子
    ('democratic_life',    '民主生活会'),            -- guide and commentator = sent by the superior; see meeting_check
    ('political_checkup',  '政治体检'),
    ('emergency_drill',    '应急演练'),
    ('emergency_response', '应急处置'),
    ('secretary_exchange', '乡镇（街道）党（工）委书记工作交流会'),
    ('contest',            '互学互看大比武'),
    ('heart_talk',         '向组织说说心里话'),
    ('care',               '关爱干部'),              -- honourable retirement 荣退, mental health 心理健康
    -- research and the grass roots 调研与基层
    ('research_visit',     '日常调研'),
    ('research_stay',      '蹲点调研'),
    ('research_joint',     '集中调研'),
    ('research_exchange',  '调研成果交流'),
    ('village_visit',      '走村'),                  -- place_id = the village or community
    ('contact_visit',      '深入联系点'),            -- place_id = the contact point
    ('enterprise_service', '助企服务'),
    ('community_service',  '在职党员社区报到服务'),
    ('delegate_reception', '党代表接待群众'),
    ('public_dialogue',    '群众监督评价'),          -- 我们圆桌会, 公述民评, 问计于民
    ('joint_building',     '区域化党建共建'),
    ('volunteer',          '志愿服务'),
    -- supervision 监督
    ('inspection',         '督查检查'),              -- subject says of what; also unannounced 明查暗访
    ('integrity_talk',     '廉政谈话'),
    ('risk_check',         '廉政风险排查'),
    ('case_bulletin',      '典型案例通报'),
    ('family_virtue',      '“廉洁好家风”主题教育');

-- Subjects 主题 of activities, agenda items, problems and projects. An office may add rows.
CREATE TABLE subject (
    code TEXT PRIMARY KEY CHECK (code <> '' AND code NOT GLOB '*[^0-9a-z_]*'),
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO subject (code, name) VALUES
    ('thought',           '党的创新理论'),
    ('instruction',       '重要讲话和指示批示精神'),
    ('charter',           '党章'),
    ('discipline',        '纪律和规矩'),
    ('history',           '党史、新中国史、改革开放史、社会主义发展史'),
    ('political_quality', '政治素质考察和政治生态'),
    ('politics',          '政治建设'),
    ('capability',        '能力本领'),
    ('conduct',           '作风建设'),
    ('formalism',         '形式主义、官僚主义'),
    ('inaction',          '不担当不作为不落实'),
    ('veto',              '新设“一票否决”事项'),
    ('livelihood',        '民生实事'),
    ('development',       '发展改革'),
    ('governance',        '基层治理'),
    ('organisation',      '基层组织建设'),
    ('other',             '其他');

-- ── Units and people 单位和人员 ──────────────────────────────────────────────────────────────────────────────────────

-- Units as one tree 单位树. A unit with an assess_group is assessed 述职单位 and gets a scorecard.
CREATE TABLE unit (
    id           INTEGER PRIMARY KEY,
    code         TEXT NOT NULL UNIQUE  -- stable; becomes a file name
                 CHECK (length(code) BETWEEN 1 AND 64 AND code NOT GLOB '*[^0-9A-Za-z._-]*' AND code NOT GLOB '.*'),
    name         TEXT NOT NULL CHECK (name <> ''),
    kind         TEXT NOT NULL CHECK (kind IN (
                     'city',      -- 市
                     'county',    -- 区、县（市）
                     'municipal', -- 市直属单位
                     'township',  -- 乡镇、街道
                     'village',   -- 村、社区
                     'branch')),  -- 党支部
    parent_id    INTEGER REFERENCES unit (id), -- NULL for the root only
    assess_group TEXT CHECK (assess_group <> ''), -- units ranked together, as printed; NULL = not assessed by itself
    from_date    TEXT CHECK (date(from_date, '+0 days') IS from_date), -- founded; NULL = before all records
    to_date      TEXT CHECK (date(to_date, '+0 days') IS to_date AND to_date >= from_date), -- dissolved
    CHECK ((kind = 'city') = (parent_id IS NULL))
) STRICT;

-- People 人员.
CREATE TABLE person (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL CHECK (name <> ''),
    branch_id     INTEGER REFERENCES unit (id),                     -- own Party branch 所在党支部
    admitted_date TEXT CHECK (date(admitted_date, '+0 days') IS admitted_date) -- 入党日期; NULL = no member
) STRICT;

-- Posts held 任职. The leading body 领导班子 of a unit is everyone with a 'secretary' or 'leader' post there.
CREATE TABLE post (
    id         INTEGER PRIMARY KEY,
    person_id  INTEGER NOT NULL REFERENCES person (id),
    unit_id    INTEGER NOT NULL REFERENCES unit (id),
    role       TEXT NOT NULL CHECK (role IN (
                   'secretary', -- 书记, also head of the leading body
                   'leader',    -- 领导班子其他成员
                   'director',  -- 村（居）民委员会主任; the same person as secretary = “一肩挑”
                   'cadre')),   -- 干部
    title      TEXT NOT NULL,   -- as printed, 市委常委、区委书记
    from_date  TEXT NOT NULL CHECK (date(from_date, '+0 days') IS from_date),
    to_date    TEXT CHECK (date(to_date, '+0 days') IS to_date AND to_date >= from_date),
    promoted   INTEGER NOT NULL DEFAULT 0 CHECK (promoted IN (0, 1)), -- newly appointed 新提任 on from_date
    key_post   INTEGER NOT NULL DEFAULT 0 CHECK (key_post IN (0, 1)), -- 重点岗位
    vetted_date TEXT CHECK (date(vetted_date, '+0 days') IS vetted_date), -- village cadres: qualification 资格审查
    filed_date TEXT CHECK (date(filed_date, '+0 days') IS filed_date) -- village secretaries: 县级备案
) STRICT;

-- ── Activities 活动 ──────────────────────────────────────────────────────────────────────────────────────────────────

-- One row per meeting, lesson, training, visit, inspection.
CREATE TABLE activity (
    id          INTEGER PRIMARY KEY,
    unit_id     INTEGER NOT NULL REFERENCES unit (id), -- organiser 组织单位
    kind        TEXT NOT NULL REFERENCES activity_kind (code),
    subject     TEXT REFERENCES subject (code),
    level       TEXT NOT NULL CHECK (level IN (        -- of the organiser 举办层级
                    'central', 'province', 'city', 'county', 'township', 'grassroots')),
    date        TEXT NOT NULL CHECK (date(date, '+0 days') IS date), -- first day
    start_time  TEXT CHECK (strftime('%H:%M', start_time) IS start_time), -- optional
    days_tenths INTEGER NOT NULL CHECK (days_tenths BETWEEN 0 AND 3660),  -- length in tenths of a day 天数
    headcount   INTEGER NOT NULL CHECK (headcount >= 0),  -- all present; person-days 人天 = headcount × days
    title       TEXT NOT NULL CHECK (title <> ''),
    place_id    INTEGER REFERENCES unit (id)              -- unit visited 到访单位
) STRICT;

-- Who took part 参加人员. Not everyone in headcount need be listed, but only those listed count per person.
CREATE TABLE participant (
    activity_id INTEGER NOT NULL REFERENCES activity (id),
    person_id   INTEGER NOT NULL REFERENCES person (id),
    role        TEXT NOT NULL CHECK (role IN (
                    'lead',        -- 主持、带队
                    'speaker',     -- 主讲、授课
                    'attendee',    -- 参加
                    'guide',       -- 上级派员指导
                    'commentator', -- 上级派员点评
                    'talker')),    -- 谈话人
    days_tenths INTEGER NOT NULL CHECK (days_tenths BETWEEN 0 AND 3660), -- own days, in tenths
    PRIMARY KEY (activity_id, person_id, role)
) STRICT, WITHOUT ROWID;

-- Agenda 议题 of a meeting, lessons 课程 of a training.
CREATE TABLE agenda_item (
    activity_id INTEGER NOT NULL REFERENCES activity (id),
    ordinal     INTEGER NOT NULL CHECK (ordinal >= 1),
    first_topic INTEGER NOT NULL CHECK (first_topic IN (0, 1)), -- declared as “第一议题”; it should be ordinal 1
    form        TEXT NOT NULL CHECK (form IN (
                    'study',     -- 传达学习
                    'report',    -- 听取报告、汇报
                    'comment',   -- 点评
                    'discuss',   -- 研究讨论
                    'lesson')),  -- 课程
    subject     TEXT NOT NULL REFERENCES subject (code),
    title       TEXT NOT NULL CHECK (title <> ''),
    source_date TEXT CHECK (date(source_date, '+0 days') IS source_date), -- when the speech or instruction appeared
    PRIMARY KEY (activity_id, ordinal)
) STRICT, WITHOUT ROWID;

-- Preconditions of a democratic life meeting 民主生活会“五个不开”前置条件; an item without met_date was not met.
CREATE TABLE meeting_check (
    activity_id INTEGER NOT NULL REFERENCES activity (id),
    item        TEXT NOT NULL CHECK (item IN (
                    'understanding', -- 思想认识到位
                    'study',         -- 会前学习认真
                    'opinions',      -- 征求意见深入
                    'talks',         -- 谈心谈话充分
                    'selfcheck')),   -- 对照检查深刻
    met_date    TEXT CHECK (date(met_date, '+0 days') IS met_date),
    PRIMARY KEY (activity_id, item)
) STRICT, WITHOUT ROWID;

-- ── Directives, problems, projects 指示批示、问题、项目 ──────────────────────────────────────────────────────────────

-- Important instructions 重要指示批示 as one unit carries them out: 一套工作措施、一个牵头部门、一名主要责任人.
CREATE TABLE directive (
    id             INTEGER PRIMARY KEY,
    unit_id        INTEGER NOT NULL REFERENCES unit (id),
    title          TEXT NOT NULL CHECK (title <> ''),
    received_date  TEXT NOT NULL CHECK (date(received_date, '+0 days') IS received_date),
    lead_department TEXT CHECK (lead_department <> ''),                   -- 牵头部门
    responsible_id INTEGER REFERENCES person (id),                        -- 主要责任人
    lookback_date  TEXT CHECK (date(lookback_date, '+0 days') IS lookback_date),     -- “回头看”
    reported_date  TEXT CHECK (date(reported_date, '+0 days') IS reported_date),     -- 报告
    circulated_date TEXT CHECK (date(circulated_date, '+0 days') IS circulated_date) -- 通报
) STRICT;

-- The measures 工作措施 of a directive.
CREATE TABLE directive_measure (
    directive_id INTEGER NOT NULL REFERENCES directive (id),
    ordinal      INTEGER NOT NULL CHECK (ordinal >= 1),
    text         TEXT NOT NULL CHECK (text <> ''),
    due_date     TEXT CHECK (date(due_date, '+0 days') IS due_date),
    done_date    TEXT CHECK (date(done_date, '+0 days') IS done_date),
    PRIMARY KEY (directive_id, ordinal)
) STRICT, WITHOUT ROWID;

-- Projects 项目 with a life: chosen, voted, listed, supervised, closed, published.
CREATE TABLE project (
    id              INTEGER PRIMARY KEY,
    unit_id         INTEGER NOT NULL REFERENCES unit (id),
    year            INTEGER NOT NULL CHECK (year BETWEEN 1921 AND 2999),
    kind            TEXT NOT NULL CHECK (kind IN (
                        'livelihood',      -- 民生实事
                        'hard_case',       -- 难题积案
                        'rectification')), -- 专项整治
    subject         TEXT NOT NULL REFERENCES subject (code),
    title           TEXT NOT NULL CHECK (title <> ''),
    leader_id       INTEGER REFERENCES person (id),                         -- 领办、包案、牵头领导
    voted_date      TEXT CHECK (date(voted_date, '+0 days') IS voted_date),            -- 票决
    listed_date     TEXT CHECK (date(listed_date, '+0 days') IS listed_date),          -- 清单化管理
    supervised_date TEXT CHECK (date(supervised_date, '+0 days') IS supervised_date),  -- 挂账督办
    closed_date     TEXT CHECK (date(closed_date, '+0 days') IS closed_date),          -- 对账销号, 办结, 化解
    published_date  TEXT CHECK (date(published_date, '+0 days') IS published_date)     -- 公开
) STRICT;

-- Problem list 问题清单 and findings 反馈意见, with rectification 整改.
CREATE TABLE problem (
    id           INTEGER PRIMARY KEY,
    unit_id      INTEGER NOT NULL REFERENCES unit (id),
    found_date   TEXT NOT NULL CHECK (date(found_date, '+0 days') IS found_date),
    origin       TEXT NOT NULL CHECK (origin IN (
                     'self',        -- 自己查
                     'superior',    -- 上级点
                     'masses',      -- 群众提
                     'collective',  -- 集体议
                     'inspection',  -- 巡视巡察反馈
                     'appraisal',   -- 干部考核反馈
                     'supervision', -- 专项督查反馈
                     'audit',       -- 审计
                     'petition',    -- 信访
                     'research',    -- 调查研究
                     'visit')),     -- 包乡走村
    subject      TEXT NOT NULL REFERENCES subject (code),
    text         TEXT NOT NULL CHECK (text <> ''),
    discussed_id INTEGER REFERENCES activity (id), -- meeting where the leading body discussed it 集体讨论查找
    project_id   INTEGER REFERENCES project (id),  -- 专项整治 that took it up (next year's, for formalism)
    measure      TEXT CHECK (measure <> ''),       -- 整改措施
    owner_id     INTEGER REFERENCES person (id),   -- 责任人
    deadline     TEXT CHECK (date(deadline, '+0 days') IS deadline),       -- 整改时限
    closed_date  TEXT CHECK (date(closed_date, '+0 days') IS closed_date)  -- 整改完成
) STRICT;

-- Research topics led by leaders 领衔调研课题.
CREATE TABLE research (
    id             INTEGER PRIMARY KEY,
    unit_id        INTEGER NOT NULL REFERENCES unit (id),
    year           INTEGER NOT NULL CHECK (year BETWEEN 1921 AND 2999),
    title          TEXT NOT NULL CHECK (title <> ''),
    key_topic      INTEGER NOT NULL CHECK (key_topic IN (0, 1)),       -- among the year's 重点课题
    leader_id      INTEGER NOT NULL REFERENCES person (id),            -- 领衔领导
    authorship     TEXT CHECK (authorship IN (                         -- the leader's part in the report 调研报告
                       'wrote',     -- 自己撰写
                       'directed',  -- 主持起草
                       'signed')),  -- others wrote it 他人代笔
    report_date    TEXT CHECK (date(report_date, '+0 days') IS report_date),
    exchange_id    INTEGER REFERENCES activity (id)                    -- the 调研成果交流 where it was presented
) STRICT;

-- Lasting links of a leader with the grass roots. Visits are activities with place_id = place_id and this participant.
CREATE TABLE contact (
    id        INTEGER PRIMARY KEY,
    unit_id   INTEGER NOT NULL REFERENCES unit (id), -- whose leading body
    person_id INTEGER NOT NULL REFERENCES person (id),
    kind      TEXT NOT NULL CHECK (kind IN (
                  'point',      -- 基层联系点: held at least a year
                  'township')), -- 包干乡镇（街道）: all its villages are to be visited every year
    place_id  INTEGER NOT NULL REFERENCES unit (id),
    from_date TEXT NOT NULL CHECK (date(from_date, '+0 days') IS from_date),
    to_date   TEXT CHECK (date(to_date, '+0 days') IS to_date AND to_date >= from_date)
) STRICT;

-- Weak organisations 软弱后进党组织 and their turn-round: 发现、整转、摘帽、考核.
CREATE TABLE weak_organisation (
    id            INTEGER PRIMARY KEY,
    unit_id       INTEGER NOT NULL REFERENCES unit (id), -- the weak village or branch itself
    reason        TEXT NOT NULL CHECK (reason <> ''),
    helper_id     INTEGER REFERENCES person (id),        -- leader who helps 联系帮扶领导
    found_date    TEXT NOT NULL CHECK (date(found_date, '+0 days') IS found_date),
    turned_date   TEXT CHECK (date(turned_date, '+0 days') IS turned_date),
    delisted_date TEXT CHECK (date(delisted_date, '+0 days') IS delisted_date),
    assessed_date TEXT CHECK (date(assessed_date, '+0 days') IS assessed_date)
) STRICT;

-- ── Cadres 干部 ──────────────────────────────────────────────────────────────────────────────────────────────────────

-- Entries in political-quality files 政治素质档案. A file exists once it has an entry.
CREATE TABLE political_entry (
    id        INTEGER PRIMARY KEY,
    unit_id   INTEGER NOT NULL REFERENCES unit (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    date      TEXT NOT NULL CHECK (date(date, '+0 days') IS date),
    side      TEXT NOT NULL CHECK (side IN ('positive', 'negative')) -- 正向测评, 反向测评
) STRICT;

-- Exemption filings 容错免责备案; filed before the fact 事前备案 when filed_date <= act_date.
CREATE TABLE exemption (
    id           INTEGER PRIMARY KEY,
    unit_id      INTEGER NOT NULL REFERENCES unit (id),
    person_id    INTEGER REFERENCES person (id),
    matter       TEXT NOT NULL CHECK (matter <> ''),
    indicator    TEXT CHECK (indicator <> ''), -- id of the scheme's indicator that the matter may cost marks in
    filed_date   TEXT NOT NULL CHECK (date(filed_date, '+0 days') IS filed_date),
    act_date     TEXT NOT NULL CHECK (date(act_date, '+0 days') IS act_date),
    decided_date TEXT CHECK (date(decided_date, '+0 days') IS decided_date),
    accepted     INTEGER CHECK (accepted IN (0, 1)),
    CHECK ((decided_date IS NULL) = (accepted IS NULL))
) STRICT;

-- Clarifications 澄清保护 of wrongly accused cadres.
CREATE TABLE clarification (
    id             INTEGER PRIMARY KEY,
    unit_id        INTEGER NOT NULL REFERENCES unit (id),
    person_id      INTEGER NOT NULL REFERENCES person (id),
    matter         TEXT NOT NULL CHECK (matter <> ''),
    verified_date  TEXT NOT NULL CHECK (date(verified_date, '+0 days') IS verified_date), -- found to be untrue 查核失实
    clarified_date TEXT CHECK (date(clarified_date, '+0 days') IS clarified_date)         -- 澄清正名
) STRICT;

-- ── The assessment itself 述职评议 ───────────────────────────────────────────────────────────────────────────────────

-- Democratic votes 民主评议 in ballots per grade; one row per year and group of voters.
CREATE TABLE vote (
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    year    INTEGER NOT NULL CHECK (year BETWEEN 1921 AND 2999),
    voters  TEXT NOT NULL CHECK (voters IN (
                'superior',  -- 上级领导
                'peer',      -- 同级述职人员
                'delegate')),-- 党员代表和群众代表
    good    INTEGER NOT NULL CHECK (good >= 0),    -- 好
    fair    INTEGER NOT NULL CHECK (fair >= 0),    -- 较好
    average INTEGER NOT NULL CHECK (average >= 0), -- 一般
    poor    INTEGER NOT NULL CHECK (poor >= 0),    -- 差
    spoiled INTEGER NOT NULL CHECK (spoiled >= 0), -- 废票
    PRIMARY KEY (unit_id, year, voters)
) STRICT, WITHOUT ROWID;

-- Yearly figures 年度数字 that other registers count already.
CREATE TABLE figure (
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    year    INTEGER NOT NULL CHECK (year BETWEEN 1921 AND 2999),
    kind    TEXT NOT NULL CHECK (kind IN (
                'documents',   -- documents sent down 制发文件数
                'meetings',    -- meetings called 召开会议数
                'forms',       -- forms asked of lower units 要求基层填报的报表数
                'indicators',  -- assessment indicators set for lower units 考核指标数
                'standard')),  -- branches only: 1 = up to standard 标准化规范化达标, 0 = not
    value   INTEGER NOT NULL CHECK (value >= 0),
    PRIMARY KEY (unit_id, year, kind)
) STRICT, WITHOUT ROWID;

-- Marks given by hand 考核组评分.
CREATE TABLE hand_mark (
    unit_id         INTEGER NOT NULL REFERENCES unit (id),
    year            INTEGER NOT NULL CHECK (year BETWEEN 1921 AND 2999),
    indicator       TEXT NOT NULL CHECK (indicator <> ''), -- the scheme's indicator id
    mark_hundredths INTEGER NOT NULL CHECK (mark_hundredths BETWEEN 0 AND 10000), -- out of 10000 = full mark
    given_by        TEXT NOT NULL CHECK (given_by <> ''),
    given_date      TEXT NOT NULL CHECK (date(given_date, '+0 days') IS given_date),
    reason          TEXT NOT NULL CHECK (reason <> ''),
    PRIMARY KEY (unit_id, year, indicator)
) STRICT, WITHOUT ROWID;

-- Paragraphs 文字材料, in reading order within a section.
CREATE TABLE narrative (
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    year    INTEGER NOT NULL CHECK (year BETWEEN 1921 AND 2999),
    section TEXT NOT NULL CHECK (section IN (
                'facts',       -- 单位基本情况
                'work',        -- 履职情况
                'shortcoming', -- 存在问题
                'plan',        -- 下一步打算
                'comment')),   -- 上级点评
    ordinal INTEGER NOT NULL CHECK (ordinal >= 1),
    text    TEXT NOT NULL CHECK (text <> ''),
    author  TEXT,              -- comment: who says it, as printed
    date    TEXT CHECK (date(date, '+0 days') IS date),
    PRIMARY KEY (unit_id, year, section, ordinal)
) STRICT, WITHOUT ROWID;

-- ── Indexes ──────────────────────────────────────────────────────────────────────────────────────────────────────────
-- For set-based reading over all units: by kind and date, by unit, by person.

CREATE INDEX unit_by_parent ON unit (parent_id, kind);
CREATE INDEX unit_assessed ON unit (assess_group) WHERE assess_group IS NOT NULL;
CREATE INDEX person_by_branch ON person (branch_id);
CREATE INDEX post_by_unit ON post (unit_id, role);
CREATE INDEX post_by_person ON post (person_id);
CREATE INDEX activity_by_kind ON activity (kind, date, unit_id);
CREATE INDEX activity_by_unit ON activity (unit_id, date);
CREATE INDEX activity_by_place ON activity (place_id, date) WHERE place_id IS NOT NULL;
CREATE INDEX participant_by_person ON participant (person_id, activity_id);
CREATE INDEX directive_by_unit ON directive (unit_id, received_date);
CREATE INDEX directive_by_person ON directive (responsible_id);
CREATE INDEX project_by_unit ON project (unit_id, year, kind);
CREATE INDEX project_by_leader ON project (leader_id);
CREATE INDEX problem_by_unit ON problem (unit_id, found_date);
CREATE INDEX problem_by_project ON problem (project_id) WHERE project_id IS NOT NULL;
CREATE INDEX research_by_unit ON research (unit_id, year);
CREATE INDEX research_by_leader ON research (leader_id);
CREATE INDEX contact_by_unit ON contact (unit_id, kind);
CREATE INDEX contact_by_person ON contact (person_id, place_id);
CREATE INDEX weak_organisation_by_unit ON weak_organisation (unit_id);
CREATE INDEX political_entry_by_unit ON political_entry (unit_id, date);
CREATE INDEX political_entry_by_person ON political_entry (person_id, date);
CREATE INDEX exemption_by_unit ON exemption (unit_id, act_date);
CREATE INDEX clarification_by_unit ON clarification (unit_id, verified_date);

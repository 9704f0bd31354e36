/* The catalogue of every message, the only place where their words stand.
 *
 * DIAG(code, level, exit code, English text, English hint, Chinese text, Chinese hint)
 * {0} {1} … are the arguments. The text says what; the place (file:line:column, unit, field) is printed before it; the hint
 * says what to do. Exit codes are sysexits.h's: 64 usage, 65 data, 66 no input, 70 software, 71 OS, 73 cannot create, 74 I/O,
 * 75 try again, 77 permission, 78 configuration. Included many times with different DIAG macros; no include guard.
 */
/* clang-format off */

/* ── base: files ── */
DIAG(FILE_MISSING, DIAG_RUN_FAIL, 66, "file not found: {0}", "check the path", "找不到文件：{0}", "请检查路径")
DIAG(FILE_UNREADABLE, DIAG_RUN_FAIL, 66, "cannot read {0}: {1}", "check the permissions", "无法读取 {0}：{1}", "请检查权限")
DIAG(FILE_TOO_LARGE, DIAG_RUN_FAIL, 65, "{0} is larger than the limit of {1} bytes", "is this the right file?", "{0} 超过上限 {1} 字节", "请确认文件是否正确")
DIAG(FILE_CANNOT_CREATE, DIAG_RUN_FAIL, 73, "cannot create {0}: {1}", "check that the directory exists and is writable", "无法创建 {0}：{1}", "请确认目录存在且可写")
DIAG(FILE_WRITE_FAILED, DIAG_RUN_FAIL, 74, "cannot write {0}: {1}", "is the disk full? the old file was kept", "写入 {0} 失败：{1}", "磁盘是否已满？旧文件已保留")

/* ── base: XML ── */
DIAG(XML_ENCODING, DIAG_RUN_FAIL, 65, "the text is not valid {0}", "save the file as UTF-8, or name its encoding in the first line", "文本不是有效的 {0}", "请将文件存为 UTF-8，或在首行声明其编码")
DIAG(XML_SYNTAX, DIAG_RUN_FAIL, 65, "XML is not well-formed: {0}", "correct the line shown", "XML 格式错误：{0}", "请更正所示行")
DIAG(XML_TAG_MISMATCH, DIAG_RUN_FAIL, 65, "<{0}> of line {1} is closed by </{2}>", "close the inner element first", "第 {1} 行的 <{0}> 被 </{2}> 关闭", "请先关闭内层元素")
DIAG(XML_TAG_UNCLOSED, DIAG_RUN_FAIL, 65, "<{0}> of line {1} is never closed", "add </{0}>", "第 {1} 行的 <{0}> 没有关闭", "请补上 </{0}>")
DIAG(XML_DOCTYPE, DIAG_RUN_FAIL, 65, "a document type declaration is not allowed", "remove <!DOCTYPE …> and its entities", "不允许使用文档类型声明", "请删除 <!DOCTYPE …> 及其实体")
DIAG(XML_LIMIT, DIAG_RUN_FAIL, 65, "XML exceeds the limit of {0}: {1}", "split the file or reduce its nesting", "XML 超出限制（{0}）：{1}", "请拆分文件或减少嵌套")
DIAG(XML_NAMESPACE, DIAG_RUN_FAIL, 65, "<{0}> is in the namespace \"{1}\"", "write xmlns=\"{2}\"", "<{0}> 的命名空间是“{1}”", "请写 xmlns=\"{2}\"")
DIAG(XML_ELEMENT_UNKNOWN, DIAG_RUN_FAIL, 65, "unknown element <{0}>", "allowed here: {1}", "未知元素 <{0}>", "此处可用：{1}")
DIAG(XML_ELEMENT_MISSPELT, DIAG_RUN_FAIL, 65, "unknown element <{0}>", "did you mean <{1}>?", "未知元素 <{0}>", "是否应为 <{1}>？")
DIAG(XML_ELEMENT_MISPLACED, DIAG_RUN_FAIL, 65, "<{0}> is not allowed in <{1}>", "allowed there: {2}", "<{1}> 中不允许有 <{0}>", "其中可用：{2}")
DIAG(XML_ELEMENT_MISSING, DIAG_RUN_FAIL, 65, "<{1}> lacks <{0}>", "allowed there: {2}", "<{1}> 中缺少 <{0}>", "其中可用：{2}")
DIAG(XML_CONTENT_INVALID, DIAG_RUN_FAIL, 65, "the content of <{0}> is incomplete, in the wrong order or has something twice", "allowed there: {1}", "<{0}> 的内容不完整、顺序有误或有重复", "其中可用：{1}")
DIAG(XML_ROOT_WRONG, DIAG_RUN_FAIL, 65, "the document begins with <{0}>", "it must begin with {1}", "文档以 <{0}> 开头", "应以 {1} 开头")
DIAG(XML_TEXT_MISPLACED, DIAG_RUN_FAIL, 65, "<{0}> may not hold text: {1}", "move the text into an element that may", "<{0}> 中不能直接写文字：{1}", "请将文字移入可含文字的元素")
DIAG(XML_ATTRIBUTE_UNKNOWN, DIAG_RUN_FAIL, 65, "<{1}> has no attribute {0}", "it may have: {2}", "<{1}> 没有属性 {0}", "可用属性：{2}")
DIAG(XML_ATTRIBUTE_MISSPELT, DIAG_RUN_FAIL, 65, "<{1}> has no attribute {0}", "did you mean {2}?", "<{1}> 没有属性 {0}", "是否应为 {2}？")
DIAG(XML_ATTRIBUTE_MISSING, DIAG_RUN_FAIL, 65, "<{1}> lacks the attribute {0}", "add {0}=\"…\"", "<{1}> 缺少属性 {0}", "请补充 {0}=\"…\"")
DIAG(XML_ATTRIBUTES_INVALID, DIAG_RUN_FAIL, 65, "the attributes of <{0}> do not go together, or a value is wrong", "it may have: {1}", "<{0}> 的属性不能并用，或取值有误", "可用属性：{1}")
DIAG(XML_VALUE_INVALID, DIAG_RUN_FAIL, 65, "{0}=\"{1}\" is not allowed on <{2}>", "expected: {3}", "<{2}> 的 {0}=\"{1}\" 无效", "应为：{3}")
DIAG(XML_INVALID, DIAG_RUN_FAIL, 65, "not allowed here: {0}", "see the reference of this language", "此处不允许：{0}", "请查阅该语言的参考手册")
DIAG(XML_GRAMMAR_BROKEN, DIAG_RUN_FAIL, 70, "the built-in grammar cannot be read: {0}", "this is a fault of the program; please report it", "内置语法无法读取：{0}", "这是程序缺陷，请报告")

/* ── data ── */

/* ── assess ── */
DIAG(ASSESS_DUPLICATE, DIAG_RUN_FAIL, 65, "the {0} “{1}” is used twice", "give each {0} a name of its own", "{0}“{1}”重复", "请为每个 {0} 取不同名称")
DIAG(ASSESS_RESERVED, DIAG_RUN_FAIL, 65, "the view name “{0}” is the program's own", "choose another name", "视图名“{0}”为程序保留", "请改用其他名称")
DIAG(ASSESS_WEIGHTS, DIAG_RUN_FAIL, 65, "the weights of the mechanisms add up to {0}, not 100", "change the weights", "各机制权重之和为 {0}，应为 100", "请调整权重")
DIAG(ASSESS_NO_WEIGHT, DIAG_RUN_FAIL, 65, "{0} has weight 0", "only indicators with a bonus rule have no weight", "{0} 的权重为 0", "只有加分项不设权重")
DIAG(ASSESS_BONUS_WEIGHT, DIAG_RUN_FAIL, 65, "bonus indicator {0} has a weight", "write weight=\"0\": bonus comes on top of the mechanism", "加分项 {0} 设了权重", "请写 weight=\"0\"：加分在机制分之外")
DIAG(ASSESS_GRADES, DIAG_RUN_FAIL, 65, "grade “{0}” is not below the one before it", "list the grades from the best down", "等次“{0}”的起点不低于前一等次", "请从高到低排列等次")
DIAG(ASSESS_GRADES_END, DIAG_RUN_FAIL, 65, "the last grade “{0}” begins at {1}, so that some scores have none", "let it begin at 0", "最后等次“{0}”从 {1} 起，低于此分者无等次", "请从 0 起")
DIAG(ASSESS_TOTAL_CAP, DIAG_RUN_FAIL, 65, "total-cap {0} is under 100", "give 100 or more, or leave it out", "总分上限 {0} 低于 100", "请设为 100 以上或不设")
DIAG(ASSESS_RULE_ZERO, DIAG_RUN_FAIL, 65, "{0} is 0", "give a number above 0", "{0} 为 0", "请填大于 0 的数")
DIAG(ASSESS_RULE_WHOLE, DIAG_RUN_FAIL, 65, "each=\"{0}\" where whole subjects are counted", "give a whole number, or use mode=\"amount\"", "按对象计数时 each=\"{0}\" 不是整数", "请填整数，或用 mode=\"amount\"")
DIAG(ASSESS_RULE_CAP, DIAG_RUN_FAIL, 65, "cap {0} is less than points {1}", "a cap lets the points be earned at least once", "上限 {0} 小于每次加分 {1}", "上限至少应等于一次加分")
DIAG(ASSESS_STEPS, DIAG_RUN_FAIL, 65, "step at=\"{0}\" is not above the one before it", "list the steps upwards, both at and share rising", "阶梯 at=\"{0}\" 不高于前一级", "请从低到高排列，at 与 share 均递增")
DIAG(ASSESS_MARK_MODE, DIAG_RUN_FAIL, 65, "a mark of {0} counts no subjects", "use mode=\"amount\": records give the mark in per cent", "{0} 为评分项，不按对象计数", "请用 mode=\"amount\"，由 records 给出百分制分数")
DIAG(ASSESS_VETO, DIAG_RUN_FAIL, 65, "{0} may not be a veto item: “除中央明确的事项外,不得新设‘一票否决’事项”", "remove veto=\"yes\"; only political quality (政治素质) keeps it", "{0} 不得设为一票否决：“除中央明确的事项外,不得新设‘一票否决’事项”", "请删去 veto=\"yes\"；仅政治素质考察可保留")
DIAG(ASSESS_SQL, DIAG_RUN_FAIL, 65, "SQL of {0}: {1}", "tables of the activity database are written activity.NAME; see docs/scheme.md", "{0} 的 SQL：{1}", "活动数据库的表写作 activity.表名；见 docs/scheme.md")
DIAG(ASSESS_SQL_FORBIDDEN, DIAG_RUN_FAIL, 65, "SQL of {0} may only read the activity database, views and period: {1}", "write one SELECT; tables are written activity.NAME", "{0} 的 SQL 只能读取活动数据库、视图和 period：{1}", "请只写一条 SELECT；表写作 activity.表名")
DIAG(ASSESS_SQL_MANY, DIAG_RUN_FAIL, 65, "SQL of {0} is not exactly one statement", "write one SELECT", "{0} 的 SQL 不是恰好一条语句", "请只写一条 SELECT")
DIAG(ASSESS_SQL_COLUMNS, DIAG_RUN_FAIL, 65, "SQL of {0} returns {1} columns, not {2}", "these, in this order: {3}", "{0} 的 SQL 返回 {1} 列，应为 {2} 列", "依次为：{3}")
DIAG(ASSESS_SQL_NAME, DIAG_RUN_FAIL, 65, "SQL of {0}: column {1} needs a plain name, and the first is unit_id", "name it with AS: a letter, then letters, digits and _", "{0} 的 SQL：列 {1} 需要普通名称，首列为 unit_id", "请用 AS 命名：字母开头，由字母、数字和 _ 组成")
DIAG(ASSESS_SQL_TIME, DIAG_RUN_FAIL, 65, "SQL of {0} did not end within {1} seconds (year {2})", "does it loop, or miss a join condition? the limit is sql_seconds", "{0} 的 SQL 在 {1} 秒内未结束（{2} 年）", "是否死循环或缺少连接条件？")
DIAG(ASSESS_SQL_CLOCK, DIAG_RUN_FAIL, 65, "SQL of {0} uses {1}, which differs from run to run", "take the day from period.as_of", "{0} 的 SQL 使用了 {1}，每次运行结果不同", "日期请取自 period.as_of")
DIAG(ASSESS_ROW, DIAG_RUN_FAIL, 65, "row {1} of {0} (year {2}): {3} is {4}", "{5}", "{0} 第 {1} 行（{2} 年）：{3} 为 {4}", "{5}")
DIAG(ASSESS_TWICE, DIAG_RUN_FAIL, 65, "{0} gives “{2}” of unit {1} twice (year {3})", "one row per subject: use DISTINCT or GROUP BY", "{0} 中单位 {1} 的“{2}”出现两次（{3} 年）", "每个对象一行：请用 DISTINCT 或 GROUP BY")
DIAG(ASSESS_NO_UNITS, DIAG_RUN_FAIL, 65, "the scheme's units statement finds no unit in {0}", "is this the right database and year?", "方案的 units 语句在 {0} 中未找到单位", "数据库和年份是否正确？")
DIAG(ASSESS_DATABASE, DIAG_RUN_FAIL, 74, "cannot build the assessment database: {0}", "is there room for it and its temporary files?", "无法生成考核数据库：{0}", "磁盘和临时目录空间是否足够？")

/* ── layout ── */
DIAG(LAYOUT_VALUE, DIAG_RUN_FAIL, 65, "{0}=\"{1}\" cannot be read", "write it like: {2}", "{0}=\"{1}\" 无法识别", "请写成：{2}")
DIAG(LAYOUT_RANGE, DIAG_RUN_FAIL, 65, "{0}=\"{1}\" is out of range", "from {2} to {3}", "{0}=\"{1}\" 超出范围", "应在 {2} 至 {3} 之间")
DIAG(LAYOUT_CLASS, DIAG_RUN_FAIL, 65, "unknown class \"{0}\"", "perhaps: {1}; classes are defined by <style name=\"…\">", "没有名为“{0}”的样式", "可能是：{1}；样式由 <style name=\"…\"> 定义")
DIAG(LAYOUT_QUERY, DIAG_RUN_FAIL, 65, "unknown query \"{0}\"", "perhaps: {1}", "没有名为“{0}”的查询", "可能是：{1}")
DIAG(LAYOUT_QUERY_EMPTY, DIAG_RUN_FAIL, 65, "query \"{0}\" has no SQL", "write a SELECT between its tags", "查询“{0}”没有 SQL", "请在标签之间写 SELECT 语句")
DIAG(LAYOUT_DUPLICATE, DIAG_RUN_FAIL, 65, "{0} \"{1}\" is there twice", "delete or rename one", "{0}“{1}”重复", "请删除或改名其中一个")
DIAG(LAYOUT_FIELD_SYNTAX, DIAG_RUN_FAIL, 65, "\"{0}\" is not a field", "write {column}, {query.column} or {column|format}", "“{0}”不是字段", "请写成 {列名}、{查询.列名} 或 {列名|格式}")
DIAG(LAYOUT_BRACE, DIAG_RUN_FAIL, 65, "a lone brace: {0}", "write {column} for a field, {{ and }} for braces", "单独的花括号：{0}", "字段写成 {列名}，花括号本身写成 {{ 和 }}")
DIAG(LAYOUT_FIELD_NO_ROW, DIAG_RUN_FAIL, 65, "{0}: no for-each stands around it", "write {query.{0}} with a query of rows=\"one\"", "{0}：外层没有 for-each", "请写成 {查询.{0}}，该查询应为 rows=\"one\"")
DIAG(LAYOUT_FIELD_MANY, DIAG_RUN_FAIL, 65, "{1}.{0}: query {1} has many rows", "put it inside <for-each query=\"{1}\">, or declare the query rows=\"one\"", "{1}.{0}：查询 {1} 有多行", "请放在 <for-each query=\"{1}\"> 内，或将查询声明为 rows=\"one\"")
DIAG(LAYOUT_COUNTER, DIAG_RUN_FAIL, 65, "{0} is known in header and footer only", "move it there; a column of that name is written {query.{0}}", "{0} 只能用于页眉和页脚", "请移到页眉或页脚；同名的列写成 {查询.{0}}")
DIAG(LAYOUT_FORMAT, DIAG_RUN_FAIL, 65, "unknown format \"{0}\"", "perhaps: {1}", "没有名为“{0}”的格式", "可能是：{1}")
DIAG(LAYOUT_FORMAT_ARGUMENT, DIAG_RUN_FAIL, 65, "format {0} is not used like this", "write it like: {1}", "格式 {0} 用法不对", "请写成：{1}")
DIAG(LAYOUT_TEST, DIAG_RUN_FAIL, 65, "test=\"{0}\" cannot be read at character {1}", "expected there: {2}", "test=\"{0}\" 第 {1} 个字符处无法识别", "此处应为：{2}")
DIAG(LAYOUT_TEST_DEPTH, DIAG_RUN_FAIL, 65, "the condition is nested deeper than {0}", "split it into several if", "条件嵌套超过 {0} 层", "请拆成几个 if")
DIAG(LAYOUT_ELSE, DIAG_RUN_FAIL, 65, "else without if{0}", "put it right after </if>, with no text between", "else 前面没有 if{0}", "请紧接在 </if> 之后，中间不留文字")
DIAG(LAYOUT_CELLS, DIAG_RUN_FAIL, 65, "the row has {0} columns, its table {1}", "remove cells or add <col>", "该行有 {0} 列，而表格只有 {1} 列", "请删去单元格或增加 <col>")
DIAG(LAYOUT_PAGE_ROOM, DIAG_RUN_FAIL, 65, "the margins leave less than {0} of the page", "make them smaller", "页边距之外不足 {0}", "请减小页边距")

/* ── text ── */
DIAG(FONT_MISSING, DIAG_RUN_FAIL, 78, "the font file of role {0} is missing: {1}", "run make fonts, or install the package {2}, or name another file", "缺少字体角色 {0} 的文件：{1}", "请运行 make fonts，或安装软件包 {2}，或改用其他文件")
DIAG(FONT_INVALID, DIAG_RUN_FAIL, 78, "the face {0} cannot be used: {1}: {2}", "is it a TTF, OTF or TTC with outlines? name another file", "字体 {0} 无法使用：{1}：{2}", "是否为含轮廓的 TTF、OTF 或 TTC？请改用其他文件")
DIAG(FONT_INDEX, DIAG_RUN_FAIL, 78, "{1} has no face {2}: it holds {3}, counted from 0", "correct the index of {0}", "{1} 中没有第 {2} 个字体：共 {3} 个，从 0 数起", "请更正 {0} 的 index")
DIAG(FONT_RESTRICTED, DIAG_RUN_FAIL, 78, "the face {0} ({1}) may not be embedded: its OS/2 fsType {2}", "use a face whose licence allows embedding of subsets", "字体 {0}（{1}）不允许嵌入：其 OS/2 fsType {2}", "请使用许可嵌入子集的字体")
DIAG(FONT_NAME_TWICE, DIAG_RUN_FAIL, 78, "two {0} elements are named {1}", "give each a name of its own", "有两个 {0} 名为 {1}", "请各取不同名称")
DIAG(FONT_FACE_UNKNOWN, DIAG_RUN_FAIL, 78, "role {0} uses the face {1}, which is not there", "the nearest is: {2}", "角色 {0} 使用的字体 {1} 不存在", "最接近的是：{2}")
DIAG(FONT_RANGE, DIAG_RUN_FAIL, 78, "unicode-range “{0}” runs backwards or past U+10FFFF", "write U+FIRST-LAST", "unicode-range“{0}”首尾颠倒或超出 U+10FFFF", "请写作 U+首-尾")
DIAG(TEXT_MISSING_CHARACTER, DIAG_UNIT_FAIL, 65, "no face of the role {2} has the character {0} “{1}”", "correct the text, or add a face that has it to fonts.xml", "字体角色 {2} 中没有字符 {0}“{1}”", "请更正文字，或在 fonts.xml 中加入含该字的字体")
DIAG(TEXT_CONTROL_CHARACTER, DIAG_UNIT_FAIL, 65, "the text holds the control character {0}", "remove it from the data", "文字中含有控制字符 {0}", "请从数据中删除")

/* ── typeset ── */

/* ── pdf ── */
DIAG(PDF_LIBHARU, DIAG_UNIT_FAIL, 70, "libharu error {0}", "report it with the version of the program", "libharu 错误 {0}", "请将其连同程序版本反馈")
DIAG(PDF_FONT, DIAG_UNIT_FAIL, 65, "cannot make a subset of the face {0} ({1})", "is the font file damaged? try another file in fonts.xml", "无法生成字体 {0}（{1}）的子集", "字体文件是否损坏？请在 fonts.xml 中换用其他文件")
DIAG(PDF_FONT_TABLE, DIAG_RUN_FAIL, 65, "the face {0} ({1}) has no usable {2} table", "is the font file damaged? try another file in fonts.xml", "字体 {0}（{1}）没有可用的 {2} 表", "字体文件是否损坏？请在 fonts.xml 中换用其他文件")
DIAG(PDF_IMAGE, DIAG_UNIT_FAIL, 70, "images cannot be written into a PDF yet (image {0})", "take the image out of the layout", "暂不支持在 PDF 中写入图像（图像 {0}）", "请从版式中去掉该图像")
DIAG(PDF_LINK, DIAG_WARN, 0, "a link leads to “{0}”, which no heading has", "give the target to a heading, or take the link out", "链接指向“{0}”，但没有标题使用该名称", "请为标题设置该名称，或删去链接")
DIAG(PDF_TEXT_CUT, DIAG_WARN, 0, "a title, description or bookmark was cut to {0} characters", "shorten it", "标题、说明或书签过长，已截至 {0} 个字符", "请缩短")

/* ── batch ── */
DIAG(BATCH_MISSING_OPTION, DIAG_RUN_FAIL, 64, "{0} is missing", "give the option, or put it in the job file (see shuzhi run --help)", "缺少 {0}", "请给出该选项，或写入任务文件（见 shuzhi run --help）")
DIAG(BATCH_FIELDS_UNCHECKED, DIAG_NOTE, 0, "the layouts' queries and fields were not checked", "give --scheme as well: it says which tables there are", "未检查版式中的查询和字段", "请同时给出 --scheme，以确定有哪些表")
DIAG(BATCH_AS_OF, DIAG_RUN_FAIL, 64, "--as-of is not a day of the year {0}", "give a day of the year that is assessed", "--as-of 不在 {0} 年内", "请给出考核年度内的日期")
DIAG(BATCH_TOO_MANY, DIAG_RUN_FAIL, 64, "more than {1} of {0}", "make several runs of it", "{0} 超过 {1} 个", "请分几次运行")
DIAG(BATCH_LAYOUT_NAME, DIAG_RUN_FAIL, 65, "the layout's name “{0}” cannot name files", "use 1 to 64 of A-Z a-z 0-9 . _ - not beginning with a dot", "版式名称“{0}”不能用作文件名", "请用 1–64 个 A-Z a-z 0-9 . _ - 且不以点开头")
DIAG(BATCH_LAYOUT_TWICE, DIAG_RUN_FAIL, 65, "the layout name {0} is also that of {1}", "give each layout a name of its own", "版式名称 {0} 与 {1} 相同", "请为每个版式取不同名称")
DIAG(BATCH_NO_UNIT, DIAG_RUN_FAIL, 65, "no assessed unit has the code {0}", "check the code; manifest.json lists the units", "没有代码为 {0} 的被考核单位", "请核对代码；manifest.json 列有各单位")
DIAG(BATCH_UNIT_CODE, DIAG_UNIT_FAIL, 65, "the unit code “{0}” of {1} cannot name a file", "use 1 to 64 of A-Z a-z 0-9 . _ - not beginning with a dot", "{1}的单位代码“{0}”不能用作文件名", "请用 1–64 个 A-Z a-z 0-9 . _ - 且不以点开头")
DIAG(BATCH_BUSY, DIAG_RUN_FAIL, 75, "another run is working on {0}", "wait until it has ended", "另一次运行正在处理 {0}", "请等待其结束")
DIAG(BATCH_NO_WORKER, DIAG_RUN_FAIL, 71, "cannot start a worker process: {0}", "check the limits on processes and memory, or use fewer --jobs", "无法启动工作进程：{0}", "请检查进程和内存限制，或减小 --jobs")
DIAG(BATCH_WORKER_DIED, DIAG_UNIT_FAIL, 70, "the worker process died ({0}); the older document, if any, was kept", "report this unit's data with the version of the program", "工作进程异常退出（{0}）；原有文件（如有）已保留", "请将该单位数据连同程序版本反馈")
DIAG(BATCH_STATE, DIAG_RUN_FAIL, 74, "state database {0}: {1}", "check the disk; if the file is damaged, delete it and run again", "状态库 {0}：{1}", "请检查磁盘；若文件损坏，删除后重新运行")

/* ── cli ── */
DIAG(CLI_UNKNOWN_COMMAND, DIAG_RUN_FAIL, 64, "unknown command {0}", "see shuzhi --help", "未知命令 {0}", "见 shuzhi --help")
DIAG(CLI_UNKNOWN_OPTION, DIAG_RUN_FAIL, 64, "unknown option {0}", "see shuzhi {1} --help", "未知选项 {0}", "见 shuzhi {1} --help")
DIAG(CLI_NO_VALUE, DIAG_RUN_FAIL, 64, "option {0} needs a value", "see shuzhi {1} --help", "选项 {0} 缺少值", "见 shuzhi {1} --help")
DIAG(CLI_BAD_VALUE, DIAG_RUN_FAIL, 64, "option --{0} cannot take “{1}”", "see shuzhi {2} --help", "选项 --{0} 不能取“{1}”", "见 shuzhi {2} --help")
DIAG(CLI_EXTRA_WORD, DIAG_RUN_FAIL, 64, "{0} is not an option", "see shuzhi {1} --help", "{0} 不是选项", "见 shuzhi {1} --help")
DIAG(CLI_NOTHING_TO_CHECK, DIAG_RUN_FAIL, 64, "nothing to check", "name a --db, --scheme, --layout or --fonts file", "没有可检查的内容", "请给出 --db、--scheme、--layout 或 --fonts")
/* clang-format on */

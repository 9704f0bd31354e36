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
DIAG(XML_SYNTAX, DIAG_RUN_FAIL, 65, "XML is not well-formed: {0}", "correct the line shown", "XML 格式错误：{0}", "请更正所示行")
DIAG(XML_INVALID, DIAG_RUN_FAIL, 65, "not allowed here: {0}", "see the grammar beside the file", "此处不允许：{0}", "请对照同目录的语法文件")
DIAG(XML_LIMIT, DIAG_RUN_FAIL, 65, "XML exceeds the limit of {0}: {1}", "split the file or reduce its nesting", "XML 超出限制（{0}）：{1}", "请拆分文件或减少嵌套")

/* ── data ── */

/* ── assess ── */

/* ── layout ── */

/* ── text ── */

/* ── typeset ── */

/* ── pdf ── */

/* ── batch ── */

/* ── cli ── */
/* clang-format on */

#include "api/wire/pack_html.h"

#include "api/wire/html.h"
#include "api/wire/pack_history.h"
#include "api/wire/pack_words.h"
#include "projections/accountability/rule_texts.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using nlohmann::json;

namespace {

// Paper first; a screen shows the same. The mark stands at the foot of every printed page.
constexpr std::string_view kStyle = R"(
@page{size:A4;margin:18mm 14mm 24mm}
body{font:10.5pt/1.45 "Noto Serif CJK SC","Source Han Serif SC",SimSun,serif;color:#000;margin:1.5em auto;max-width:60em;padding:0 1em}
h1{font-size:17pt;margin:0 0 .3em}h2{font-size:13pt;border-bottom:1px solid #000;margin:1.4em 0 .5em;break-after:avoid}
h3{font-size:11pt;margin:1em 0 .3em;break-after:avoid}
table{border-collapse:collapse;width:100%;margin:.4em 0}thead{display:table-header-group}
th,td{border:1px solid #777;padding:.2em .4em;text-align:left;vertical-align:top;overflow-wrap:anywhere;unicode-bidi:isolate}
th{background:#eee}tr{break-inside:avoid}pre,code{font:9pt/1.35 monospace;white-space:pre-wrap;overflow-wrap:anywhere}
.mark{border:1px solid #000;padding:.3em .5em;font-size:9pt}.stale{font-weight:bold}
@media print{body{margin:0;max-width:none;padding:0}.mark.foot{position:fixed;bottom:-16mm;left:0;right:0;border:0;border-top:1px solid #000}a{color:inherit;text-decoration:none}}
)";

// The verdict and its reason in one cell.
std::string act_text(const PackWords& words, const json& act) {
  const std::string kind = act.value("kind", "");
  std::string out = kind == "objection"    ? words.say("异议", "objection")
                    : kind == "decision"   ? words.say("裁决", "decision")
                    : kind == "withdrawal" ? words.say("撤回", "withdrawal")
                                           : html_text(kind);
  if (!act.value("verdict", json()).is_null()) {
    const std::string verdict = act["verdict"].get<std::string>();
    out += ": " + (verdict == "upheld"      ? words.say("维持", "upheld")
                   : verdict == "corrected" ? words.say("更正", "corrected")
                   : verdict == "voided"    ? words.say("撤销", "voided")
                                            : html_text(verdict));
  }
  if (!act.value("net_seconds", json()).is_null()) {
    out += words.say("，净逾期改为 ", ", net lateness now ") + words.seconds(act["net_seconds"]);
  }
  return out;
}

std::string fact_state(const PackWords& words, const json& fact) {
  const std::string state = fact.value("state", "");
  return state == "open"        ? words.say("未提出异议", "nobody objected")
         : state == "objected"  ? words.say("异议待裁决", "objected to, not decided")
         : state == "upheld"    ? words.say("维持", "upheld")
         : state == "corrected" ? words.say("已更正", "corrected")
         : state == "voided"    ? words.say("已撤销", "voided")
                                : html_text(state);
}

class PackPage {
 public:
  PackPage(const json& pack, const PackOccasion& occasion,
           const ledger::CampaignDefinition& campaign, Language language)
      : pack_(pack), occasion_(occasion), campaign_(campaign), words_(campaign, language) {}

  std::string text() {
    head();
    facts();
    deadlines();
    heading("发生了什么，按先后", "What happened, in order");
    out_ += pack_history_html(pack_, words_);
    rules();
    how_to_verify();
    out_ += "</body></html>\n";
    return std::move(out_);
  }

 private:
  std::string say(std::string_view zh, std::string_view en) const { return words_.say(zh, en); }
  void heading(std::string_view zh, std::string_view en) { out_ += "<h2>" + say(zh, en) + "</h2>\n"; }

  std::string title() const {
    std::string subject = words_.department(pack_.at("department").at("id"));
    if (!pack_.at("case").is_null()) {
      subject += say("，案件 ", ", case ") + words_.value(pack_["case"].at("id")) + ": " +
                 words_.value(pack_["case"].at("title"));
    }
    if (pack_.contains("table")) {
      subject = words_.table(pack_["table"]) + say("，责任部门 ", ", owner ") + subject;
    }
    return say("证据包：", "Pack of evidence: ") + subject;
  }

  // Who took it out, when, for whom, on what ground.
  std::string mark() const {
    const auto* channel = campaign_.export_channel(occasion_.channel);
    const std::string receiver = !occasion_.receiver.empty() ? html_text(occasion_.receiver)
                                 : channel != nullptr
                                     ? html_text(in(words_.language(), channel->name))
                                     : html_text(occasion_.account);
    const std::string basis = !occasion_.basis.empty() ? html_text(occasion_.basis)
                              : channel != nullptr     ? html_text(channel->basis)
                                                       : say("未注明", "none given");
    return words_.both(pack_.at("institution")) + " · " +
           say("台账条目 #", "ledger entry #") + std::to_string(occasion_.entry) + " · " +
           html_text(occasion_.account) + " · " +
           ledger::format_local(occasion_.at, campaign_.calendar.utc_offset_minutes) + " · " +
           say("接收方 ", "receiver ") + receiver + " · " + say("依据 ", "basis ") + basis +
           (occasion_.personal
                ? say(" · 含个人信息，一律不得外传", " · about persons, not to be passed on")
                : "");
  }

  void head() {
    out_ += std::string("<!DOCTYPE html>\n<html lang=\"") + say("zh-CN", "en") +
            "\"><head><meta charset=\"utf-8\">\n<title>" + title() + "</title>\n<style>" +
            std::string(kStyle) + "</style></head><body>\n<p class=\"mark foot\">" + mark() +
            "</p>\n<h1>" + title() + "</h1>\n";
    HtmlTable table({say("项目", "item"), say("内容", "value")});
    table.add({say("学校", "institution"), words_.both(pack_.at("institution"))});
    table.add({say("采集任务", "campaign"),
               html_text(in(words_.language(), campaign_.name)) + " (" +
                   words_.value(pack_.at("campaign").at("id")) + say("，定义第 ", ", definition revision ") +
                   words_.value(pack_["campaign"].at("revision")) + say(" 版，条目 ", ", entry ") +
                   words_.entry(pack_["campaign"].at("defined_by")) + ")"});
    table.add({say("台账", "ledger"), words_.value(pack_.at("origin"))});
    table.add({say("所依据的条目数", "as of so many entries"), words_.value(pack_.at("as_of"))});
    table.add({say("签名的检查点", "signed checkpoint"),
               "<pre>" + words_.value(pack_.at("checkpoint")) + "</pre>"});
    table.add({say("涉及个人的数据项", "items about persons"),
               words_.value(pack_.at("rows_about_persons"))});
    out_ += table.text();
    out_ += "<p>" +
            say("本页由系统根据同一证据包中的 evidence.json 写成，便于阅读和打印；作为证据的是 "
                "evidence.json 中的条目及其证明。时间均注明时区。",
                "This page was written by the service from evidence.json of the same pack, to be "
                "read and printed; the evidence is the entries in evidence.json with their proofs. "
                "Every time says its zone.") +
            "</p>\n";
  }

  void facts() {
    heading("事实", "Facts");
    if (pack_.at("facts").empty()) {
      out_ += "<p>" + say("没有。", "None.") + "</p>\n";
    }
    for (const json& fact : pack_["facts"]) one_fact(fact);
  }

  void one_fact(const json& fact) {
    out_ += "<h3>" + words_.value(fact.at("id")) + ": " + fact_name(fact) + "</h3>\n";
    HtmlTable table({say("项目", "item"), say("内容", "value")});
    const auto line = [&](std::string_view zh, std::string_view en, std::string value) {
      table.add({say(zh, en), std::move(value)});
    };
    line("数据表", "table", words_.table(fact.at("table")));
    line("状态", "state", fact_state(words_, fact));
    line("是否计入", "counts", words_.value(fact.at("counts")));
    if (!fact.at("excused_by").is_null()) {
      line("不计的原因", "excused by", excuse_text(fact["excused_by"].get<std::string>()));
    }
    line("截止时间", "due", words_.instant(fact.at("due")));
    line("发生时间", "happened", words_.instant(fact.at("happened")));
    line("名义逾期", "raw lateness", words_.seconds(fact.at("raw_seconds")));
    line("净逾期", "net lateness", words_.seconds(fact.at("net_seconds")));
    line("数量", "count", words_.value(fact.at("count")));
    if (!fact.at("rule").is_null()) line("校验规则", "rule", words_.value(fact["rule"]));
    std::string charges;
    for (const json& charge : fact.at("charges")) charges += charge_text(charge) + "<br>";
    if (!charges.empty()) line("由他人负责的部分", "charged to others", charges);
    line("依据的条目", "entries behind it", words_.entries(fact.at("entries")));
    out_ += table.text();
    HtmlTable acts({say("条目", "entry"), say("时间", "when"), say("何人", "who"),
                    say("异议与裁决", "objection or decision"), say("理由", "reason")});
    for (const json& act : fact.at("acts")) {
      const json name = act.at("person_name");
      acts.add({words_.entry(act.at("index")), words_.instant(act.at("at")),
                words_.value(act.at("person")) + (name.is_null() ? "" : " " + words_.value(name)) +
                    "<br>" + words_.word(act.value("role", "")),
                act_text(words_, act), words_.value(act.at("text"))});
    }
    if (!acts.empty()) out_ += acts.text();
  }

  // What its rule is called: the words before the colon of the rule's text.
  std::string fact_name(const json& fact) const {
    const auto text = projections::fact_rule_text(fact.at("kind").get<std::string>(),
                                                  fact.at("rule_version").get<std::uint32_t>());
    std::string name;
    if (text) {
      const std::string whole(in(words_.language(), *text));
      name = whole.substr(0, whole.find(say("：", ":")));
    }
    return html_text(name) + " (" + words_.value(fact["kind"]) +
           say("，规则第 ", ", rule version ") + words_.value(fact["rule_version"]) +
           say(" 版)", ")");
  }

  std::string excuse_text(const std::string& excused_by) const {
    return excused_by == "waiting"     ? say("等待其他表或其他部门", "it waited for others")
           : excused_by == "outage"    ? say("停机", "an outage")
           : excused_by == "readiness" ? say("账号或培训未及时给予", "accounts or training came late")
           : excused_by == "order"     ? say("上级要求重开", "reopened on the receiver's order")
           : excused_by == "not_due"   ? say("阶段关闭时尚未到期", "not due when the phase closed")
           : excused_by == "short_notice"
               ? say("协助请求所给时间少于约定", "the request gave less time than was agreed")
               : html_text(excused_by);
  }

  std::string charge_text(const json& charge) const {
    const std::string kind = charge.value("kind", "");
    const std::string whose =
        kind == "outage" ? say("停机，不计入任何人", "outage, charged to nobody")
        : kind == "blocked"
            ? say("截止后仍被阻塞，不计入任何人：", "blocked past its due instant, charged to nobody: ") +
                  words_.table(charge.at("table"))
            : words_.department(charge.at("department")) +
                  (kind == "part" ? say("（协助部分）", " (its part)") : "") + " " +
                  words_.table(charge.at("table"));
    return whose + ": " + words_.seconds(charge.at("seconds")) + ", " +
           words_.instant(charge.at("from")) + " → " + words_.instant(charge.at("to")) + " " +
           words_.entries(charge.at("entries"));
  }

  void deadlines() {
    heading("期限与签署", "Deadlines and signatures");
    if (pack_.at("deadlines").empty()) {
      out_ += "<p>" + say("没有。", "None.") + "</p>\n";
    }
    for (const json& task : pack_["deadlines"]) one_task(task);
  }

  void one_task(const json& task) {
    out_ += "<h3>" + words_.table(task.at("table")) + "</h3>\n";
    HtmlTable table({say("项目", "item"), say("内容", "value")});
    table.add({say("状态", "state"), words_.word(task.value("status", ""))});
    table.add({say("最初截止时间", "due as assigned"), words_.instant(task.at("due_first"))});
    table.add({say("现行截止时间", "due now"), words_.instant(task.at("due"))});
    table.add({say("首次提交", "first submitted"), words_.instant(task.at("submitted_at"))});
    table.add({say("名义逾期", "raw lateness"), words_.seconds(task.at("raw_late_seconds"))});
    table.add({say("净逾期", "net lateness"), words_.seconds(task.at("net_late_seconds"))});
    table.add({say("现行版本", "current version"), "v" + words_.value(task.at("current_version")) +
                                                       ", " + words_.value(task.at("rows")) +
                                                       say(" 行", " rows")});
    out_ += table.text();
    HtmlTable moves({say("条目", "entry"), say("截止时间由", "due moved from"), say("改为", "to"),
                     say("何人", "who"), say("理由", "why")});
    for (const json& move : task.at("due_moves")) {
      moves.add({words_.entry(move.at("index")), words_.instant(move.at("from")),
                 words_.instant(move.at("to")), words_.value(move.at("person")),
                 words_.value(move.at("reason"))});
    }
    if (!moves.empty()) out_ += moves.text();
    HtmlTable statements({say("条目", "entry"), say("时间", "when"), say("环节", "level"),
                          say("何人", "who"), say("签署的版本", "signed"),
                          say("是否仍有效", "whether it stands")});
    for (const json& statement : task.at("statements")) statements.add(statement_cells(statement));
    if (!statements.empty()) out_ += statements.text();
    HtmlTable returns({say("条目", "entry"), say("时间", "when"), say("退回环节", "returned by"),
                       say("何人", "who"), say("版本", "version"), say("理由", "reasons")});
    for (const json& one : task.at("returns")) {
      returns.add({words_.entry(one.at("index")), words_.instant(one.at("at")),
                   words_.level(one.value("level", "")), words_.value(one.at("person")),
                   "v" + words_.value(one.at("version")),
                   std::to_string(one.at("reasons").size()) +
                       say(" 条，见该条目", ", in the entry")});
    }
    if (!returns.empty()) out_ += returns.text();
  }

  // "signed v7, current v8".
  std::vector<std::string> statement_cells(const json& statement) const {
    const bool stands = statement.value("stands", false);
    std::string who = words_.value(statement.at("person")) + "<br>" +
                      words_.word(statement.value("role", ""));
    if (!statement.at("department").is_null()) {
      who += ", " + words_.department(statement["department"]);
    }
    if (!statement.at("on_behalf_of").is_null()) {
      who += "<br>" + say("代 ", "on behalf of ") + words_.value(statement["on_behalf_of"]);
    }
    return {words_.entry(statement.at("index")), words_.instant(statement.at("at")),
            words_.level(statement.value("level", "")), who,
            say("已签 v", "signed v") + words_.value(statement.at("version")) +
                say("，现行 v", ", current v") + words_.value(statement.at("current_version")) +
                "<br><code>" + words_.value(statement.at("version_hash")) + "</code>",
            (stands ? say("有效", "it stands")
                    : "<span class=\"stale\">" + say("已失效", "it no longer stands") + "</span>") +
                key_text(statement.value("key", json()))};
  }

  // Which key signed, and that it was revoked later. Packs from before keys were shown have none.
  std::string key_text(const json& key) const {
    if (!key.is_object()) return {};
    std::string text = "<br>" + (key.at("held") == "device"
                                     ? say("本人设备上的密钥", "key on the signer's own device")
                                     : say("系统代管的密钥", "key held by the service"));
    if (key.at("revoked").is_object()) text += "<br>" + words_.both(key["revoked"].at("note"));
    return text;
  }

  void rules() {
    heading("所依据的规则", "The rules behind the facts");
    HtmlTable table({say("规则", "rule"), say("版本", "version"), say("内容", "what it says")});
    for (const json& rule : pack_.at("rules")) {
      table.add({words_.value(rule.at("kind")), words_.value(rule.at("version")),
                 words_.both(rule.at("text"))});
    }
    for (const json& cited : pack_.at("table_rules")) {
      const std::string name = cited.at("cited").get<std::string>();
      const json& rule = cited.at("rule");
      std::string text = rule.is_null() ? say("见定义它的条目", "in the entry that defined it")
                                        : words_.both(rule.at("name"));
      if (!rule.is_null()) {
        for (const json& check : rule.at("checks")) {
          text += "<br>" + words_.table(check.at("table")) + ": <code>" +
                  words_.value(check.at("sql")) + "</code>";
        }
      }
      table.add({html_text(name.substr(0, name.find('@'))),
                 html_text(name.substr(std::min(name.find('@'), name.size() - 1) + 1)), text});
    }
    out_ += table.empty() ? "<p>" + say("没有。", "None.") + "</p>\n" : table.text();
  }

  void how_to_verify() {
    heading("如何核验", "How to verify");
    const std::string key = "<pre>" + words_.value(pack_.at("verifier_key")) + "</pre>";
    out_ += say(
        "<ol><li>从您信任的来源取得台账的验证公钥，不要只用本包中的一份。本包使用的是：" + key +
            "</li><li>在任何计算机上运行，无需网络：<pre>countersign verify pack.zip --key "
            "验证公钥</pre></li><li>也可以只凭公开的格式说明 ledger/FORMAT.md 另写核验程序。"
            "</li></ol>\n<p>核验通过说明：清单由台账的密钥签名，本包没有缺少、增加或改动任何文件；所列"
            "每一条目都在签名的检查点之下，所示每一数据项都属于其条目，所示签署确由其密钥作出。"
            "核验不能说明：没有其他条目；本页的文字只证明是系统当时所写。不予出示的数据项以其散列值"
            "列出。</p>\n",
        "<ol><li>Get the ledger's verifier key from somebody you trust, not from this pack alone. "
        "The pack uses:" + key +
            "</li><li>On any computer, without a network, run: <pre>countersign verify pack.zip "
            "--key VERIFIER-KEY</pre></li><li>Or write another verifier from the published "
            "formats, ledger/FORMAT.md, alone.</li></ol>\n<p>That it verifies says: the log's key "
            "signed the manifest, and no file of this pack is missing, added or altered; every "
            "entry listed stands under the signed checkpoint, every item shown belongs to its "
            "entry, and the signatures shown were made by their keys. It does not say that there "
            "are no other entries; and of the words on this page it proves only that the service "
            "wrote them. Items that are withheld stand as their hashes.</p>\n");
  }

  const json& pack_;
  const PackOccasion& occasion_;
  const ledger::CampaignDefinition& campaign_;
  const PackWords words_;
  std::string out_;
};

}  // namespace

std::string pack_html(const json& pack, const PackOccasion& occasion,
                      const ledger::CampaignDefinition& campaign, Language language) {
  return PackPage(pack, occasion, campaign, language).text();
}

}  // namespace countersign::api

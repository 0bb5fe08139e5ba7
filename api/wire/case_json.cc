#include "api/wire/case_json.h"

#include "api/wire/json_values.h"

#include <nlohmann/json.hpp>

namespace countersign::api {

using ledger::format_utc;
using nlohmann::json;

namespace {

json pack_json(const projections::CasePack& pack) {
  return {{"index", pack.index}, {"hash", pack.hash},     {"bytes", pack.bytes},
          {"as_of", pack.as_of}, {"person", pack.person}, {"at", format_utc(pack.at)}};
}

json service_json(const projections::CaseService& service, bool names) {
  json received;
  if (service.received) {
    received = {{"index", service.received->index},
                {"person", service.received->person},
                {"at", format_utc(service.received->at)}};
  }
  return {{"index", service.index},
          {"pack", service.pack},
          {"objections_until", format_utc(service.objections_until)},
          {"to", names ? text_or_null(service.to) : json()},
          {"person", service.person},
          {"at", format_utc(service.at)},
          {"received", std::move(received)}};
}

json case_text_json(const projections::CaseText& text) {
  return {{"index", text.index},
          {"kind", text.kind},
          {"outcome", text.outcome},
          {"bulletin", text.bulletin ? json(*text.bulletin) : json()},
          {"facts", text.facts},
          {"text", text.text},
          {"reason", text_or_null(text.reason)},
          {"appeal_until", instant_or_null(text.appeal_until)},
          {"person", text.person},
          {"at", format_utc(text.at)},
          {"to", text.to}};
}

}  // namespace

json to_json(const projections::CaseRecord& record, bool names) {
  json packs = json::array();
  for (const auto& pack : record.packs) packs.push_back(pack_json(pack));
  json services = json::array();
  for (const auto& service : record.services) services.push_back(service_json(service, names));
  json texts = json::array();
  for (const auto& text : record.texts) texts.push_back(case_text_json(text));
  return {{"id", record.id},
          {"campaign", record.campaign},
          {"department", record.department},
          {"title", record.title},
          {"state", record.state},
          {"person", record.person},
          {"at", format_utc(record.at)},
          {"facts", record.facts},
          {"packs", std::move(packs)},
          {"services", std::move(services)},
          {"texts", std::move(texts)},
          {"overturned", record.overturned}};
}

}  // namespace countersign::api

// The signing keys of persons, as the entries of a whole log tell of them in their order
// (ledger/FORMAT.md, section 6): each sign-off was made with the key that its person had just then.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace countersign::tools {

// What an entry says of a person's key.
struct KeyAct {
  enum class Kind : std::uint8_t {
    none,     // nothing: it sets a password only
    enrols,   // it is the present key from here on
    revokes,
    signs,    // the entry's sign-off was made with it
  };
  Kind kind = Kind::none;
  std::string person;
  std::string public_key;      // as the header writes it
  bool sign_off_shown = false;  // and judged; else it is withheld
};

// Whether an entry of this type, a JSON text, says anything of keys.
bool is_about_keys(std::string_view type);

// What such an entry says, or what is wrong with it: it lacks a member, or its sign-off does not
// hold. `items` are the texts of the items it shows, `withheld` how many it does not.
std::variant<KeyAct, std::string> read_key_act(std::string_view header,
                                               const std::vector<std::string_view>& items,
                                               std::uint64_t withheld);

// Thread safety: one thread.
class KeyHistory {
 public:
  // The next entry's act. What does not hold; none: all of it does.
  std::optional<std::string> take(const KeyAct& act);

 private:
  std::map<std::string, std::string> present_;  // key by person
};

}  // namespace countersign::tools

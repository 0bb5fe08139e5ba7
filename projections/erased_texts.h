// Taking words out of the views at once when they are erased, and not only when the views are built
// anew: nobody is shown them any more.
#pragma once

#include "ledger/base/result.h"
#include "ledger/domain/events.h"
#include "projections/view_store.h"

namespace countersign::projections {

// Writes the words of an applied entry once more, wherever a view holds them. `left` is the entry
// as its payload gives it now. Leaves the views as building them anew would, with one exception: a
// receiver's name that is erased is hidden in later texts too, although one of them may name that
// receiver itself.
ledger::Result<void> apply_erased_texts(Database& store, const ledger::RecordedEvent& left);

}  // namespace countersign::projections
